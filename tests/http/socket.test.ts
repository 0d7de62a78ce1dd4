import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type SocketMessage, socketMessages } from '@anymodel/core/http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSocket, type SendMessage } from '../conformance/loopback-socket.ts'

/** A server that tells every listener the same; `headers` and `closed` of the last one. */
async function server(tell: (send: SendMessage, socket: Duplex) => void) {
  const seen: { headers: NodeJS.Dict<string | string[]>; closed: Promise<unknown> }[] = []
  const listening = createServer().on('upgrade', (request, socket) => {
    seen.push({ headers: request.headers, closed: once(socket, 'close') })
    tell(openSocket(request, socket), socket)
  })
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => void listening.close())
  return { seen, url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/ws` }
}

const signal = new AbortController().signal
const headers = { authorization: 'Bearer secret' }

async function all(messages: AsyncIterable<SocketMessage>): Promise<SocketMessage[]> {
  const read: SocketMessage[] = []
  for await (const message of messages) read.push(message)
  return read
}

describe('messages of a WebSocket', () => {
  test('come in order, texts and bytes, until the server ends', async () => {
    const { seen, url } = await server((send, socket) => {
      send('one')
      send(Uint8Array.of(1, 2, 3))
      socket.end()
    })
    expect(await all(socketMessages({ url, headers, signal }))).toEqual(['one', Uint8Array.of(1, 2, 3)])
    expect(seen[0]?.headers.authorization).toBe('Bearer secret')
  })

  test('of those that nobody has read the latest stay', async () => {
    const { seen, url } = await server((send, socket) => {
      for (let at = 0; at < 200; at++) send(String(at))
      socket.end()
    })
    const messages = socketMessages({ url, headers, signal })
    const first = await messages.next()
    await seen[0]?.closed
    await new Promise((resolve) => setTimeout(resolve, 50))
    const rest = await all(messages)
    expect(first.done).toBe(false)
    expect(rest.length).toBeLessThanOrEqual(64)
    expect(rest.at(-1)).toBe('199')
  })

  test('an abort ends them and closes the connection, whether one waits for a message or not', async () => {
    for (const waits of [true, false]) {
      const { seen, url } = await server((send) => send('one'))
      const leaving = new AbortController()
      const messages = socketMessages({ url, headers, signal: leaving.signal })
      await messages.next()
      const next = waits ? messages.next() : undefined
      leaving.abort(new Error('enough'))
      expect((await (next ?? messages.next())).done).toBe(true)
      await seen[0]?.closed
    }
  })

  test('a reader that leaves closes the connection', async () => {
    const { seen, url } = await server((send) => send('one'))
    for await (const _message of socketMessages({ url, headers, signal })) break
    await seen[0]?.closed
  })

  test('where nobody answers, or no socket can be had, there are none', async () => {
    expect(await all(socketMessages({ url: 'http://127.0.0.1:1/ws', headers, signal }))).toEqual([])
    expect(await all(socketMessages({ url: 'http://127.0.0.1:1/ws', headers, signal }, { fetch }))).toEqual([])
    const aborted = AbortSignal.abort()
    expect(await all(socketMessages({ url: 'http://127.0.0.1:1/ws', headers, signal: aborted }))).toEqual([])
  })
})
