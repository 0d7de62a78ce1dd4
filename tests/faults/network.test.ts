import { once } from 'node:events'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { openai } from '@anymodel/providers/openai'
import { faultServer, healthyAnswer } from '@anymodel/testing'
import { ProxyAgent } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { cert, key } from '../http/self-signed.ts'
import { ask } from './scenario.ts'
import { speakers } from './speakers.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function portOf(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A service that says the beginning of an answer as a chunked stream, closes its side, and goes on reading. */
const halfClosing = (): net.Server =>
  net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.once('data', () => {
      const event = `data: ${JSON.stringify({ id: 'a', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Half' } }] })}\n\n`
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n')
      socket.end(`${event.length.toString(16)}\r\n${event}\r\n`)
    })
    socket.on('data', () => {})
  })

const model = (baseURL: string, more: Parameters<typeof openai>[0] = {}) =>
  openai({ apiKey: 'sk-test-key-1234', baseURL, ...more }).chat('m')

/** What may go wrong below HTTP, each as a model. */
const broken = {
  'a name that does not exist': async () => model('http://no-such-host.invalid/v1'),
  'a certificate that nobody vouches for': async () =>
    model(`https://127.0.0.1:${await portOf(https.createServer({ cert, key }))}/v1`),
  'a port that speaks no TLS': async () =>
    model(`https://127.0.0.1:${await portOf(net.createServer((s) => void s.end('hello')))}/v1`),
  'a proxy that is down': async () => {
    const server = net.createServer()
    const port = await portOf(server)
    server.close()
    const dispatcher = new ProxyAgent(`http://127.0.0.1:${port}`)
    closing.push(() => dispatcher.close())
    return model('http://service.invalid/v1', { dispatcher })
  },
  'a connection that is closed before the answer': async () =>
    model(`http://127.0.0.1:${await portOf(net.createServer((s) => void s.once('data', () => s.end())))}/v1`),
}

describe('what goes wrong below HTTP', () => {
  for (const [title, open] of Object.entries(broken)) {
    it(`${title}: the next model answers, and the attempt says network`, async () => {
      const server = await faultServer()
      closing.push(() => server.close())
      const healthy = speakers['openai-chat']?.(server.url, 'healthy')
      if (!healthy) throw new Error('no such speaker')
      const { text, result } = await ask([await open(), healthy], { retries: 0 })
      expect(text).toBe(healthyAnswer)
      expect(result?.attempts.map(({ outcome }) => outcome)).toEqual(['network', 'ok'])
    })
  }

  it('a service that half-closes its connection in the middle of an answer: no half answer is taken for a whole one', async () => {
    const port = await portOf(halfClosing())
    const { error, text } = await ask([model(`http://127.0.0.1:${port}/v1`)], { retries: 0 })
    expect(text).toBe('Half')
    expect(['network', 'truncated']).toContain(error?.code)
    expect(error?.partial?.text).toBe('Half')
  })
})
