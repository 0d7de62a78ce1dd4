import net from 'node:net'
import { type AnyModelError, isAnyModelError } from '@anymodel/core'
import { type HttpReply, type HttpRequest, send, type Transport } from '@anymodel/core/http'
import { countListeners } from '@anymodel/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { type Loopback, listen, listenHttp, listenRaw, until } from './loopback.ts'

const open: Loopback[] = []
const started = async (server: Promise<Loopback>) => {
  const running = await server
  open.push(running)
  return running
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

const get = (host: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: `http://${host}/v1/x?y=1`,
  headers: { 'content-type': 'application/json' },
  body: '{}',
  ...more,
})

const text = async ({ body }: HttpReply) => new TextDecoder().decode(await body.bytes(1e9))

const failure = async (promise: Promise<unknown>): Promise<AnyModelError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!isAnyModelError(error)) throw new Error('expected an AnyModelError', { cause: error })
  return error
}

/** Both ways to send must behave alike. */
const transports: readonly (readonly [string, Transport])[] = [
  ['undici', {}],
  ['a fetch of your own', { fetch }],
]

describe.each(transports)('send with %s', (_name, transport) => {
  it('sends method, path, query, headers and body, and reads status, headers and body', async () => {
    const server = await started(
      listenHttp(async (req, res) => {
        let body = ''
        for await (const chunk of req) body += chunk
        res.writeHead(201, { 'X-Two': ['a', 'b'], 'Content-Type': 'application/json' })
        res.end(JSON.stringify({ method: req.method, url: req.url, type: req.headers['content-type'], body }))
      }),
    )
    const reply = await send(get(server.host, { body: '{"ü":1}' }), transport).reply
    expect(reply.status).toBe(201)
    expect(reply.headers).toMatchObject({ 'x-two': 'a, b', 'content-type': 'application/json' })
    const seen = { method: 'POST', url: '/v1/x?y=1', type: 'application/json', body: '{"ü":1}' }
    expect(JSON.parse(await text(reply))).toEqual(seen)
  })

  it('a connection serves several requests, one after the other', async () => {
    const server = await started(listenHttp((req, res) => void req.resume().on('end', () => res.end('ok'))))
    for (let at = 0; at < 5; at++) {
      expect(await text(await send(get(server.host), transport).reply)).toBe('ok')
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(server.sockets.length).toBeLessThan(5)
  })

  it('does not follow redirects', async () => {
    const server = await started(listenHttp((_req, res) => res.writeHead(307, { location: '/elsewhere' }).end()))
    expect((await send(get(server.host), transport).reply).status).toBe(307)
  })

  it('early hints are not the reply', async () => {
    const server = await started(
      listenRaw((socket) => {
        socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      }),
    )
    const reply = await send(get(server.host), transport).reply
    expect([reply.status, await text(reply)]).toEqual([200, 'ok'])
  })

  it('an abort before the start sends nothing and rejects with the reason', async () => {
    let requests = 0
    const server = await started(
      listenHttp((_req, res) => {
        requests++
        res.end()
      }),
    )
    const reason = { why: 'any value' }
    const { connected, reply } = send(get(server.host, { signal: AbortSignal.abort(reason) }), transport)
    await expect(reply).rejects.toBe(reason)
    await expect(connected).rejects.toBe(reason)
    expect(requests).toBe(0)
  })

  it('an abort while the service is silent rejects with the reason and closes the connection', async () => {
    const server = await started(listenHttp(() => {}))
    const controller = new AbortController()
    const { reply } = send(get(server.host, { signal: controller.signal }), transport)
    await until(() => server.sockets.length === 1)
    controller.abort('enough')
    await expect(reply).rejects.toBe('enough')
    await until(() => server.sockets.every((socket) => socket.destroyed))
  })

  it('an abort in the body rejects with the reason after what had come, and closes the connection', async () => {
    const server = await started(listenHttp((_req, res) => void res.write('half')))
    const controller = new AbortController()
    const { body } = await send(get(server.host, { signal: controller.signal }), transport).reply
    expect(new TextDecoder().decode(await body.next())).toBe('half')
    const next = body.next()
    controller.abort('enough')
    await expect(next).rejects.toBe('enough')
    await expect(body.next()).rejects.toBe('enough')
    await until(() => server.sockets.every((socket) => socket.destroyed))
  })

  it('close() in any phase closes the connection', async () => {
    const silent = await started(listenHttp(() => {}))
    const exchange = send(get(silent.host), transport)
    await until(() => silent.sockets.length === 1)
    exchange.close()
    await failure(exchange.reply)
    const talking = await started(listenHttp((_req, res) => void res.write('half')))
    const { body } = await send(get(talking.host), transport).reply
    await body.next()
    body.close()
    for (const server of [silent, talking]) await until(() => server.sockets.every((socket) => socket.destroyed))
  })

  it('a reset before the headers is a network error', async () => {
    const server = await started(listenRaw((socket) => socket.resetAndDestroy()))
    const error = await failure(send(get(server.host), transport).reply)
    expect([error.code, error.phase, error.retryable]).toEqual(['network', 'headers', true])
    expect(error.message).toContain(server.host)
  })

  it('a reset after the headers breaks the body, after what had come', async () => {
    const server = await started(
      listenRaw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')
        setTimeout(() => socket.resetAndDestroy(), 20)
      }),
    )
    const { body } = await send(get(server.host), transport).reply
    expect(new TextDecoder().decode(await body.next())).toBe('half')
    expect((await failure(body.next())).code).toBe('network')
  })

  it('a body that ends before its declared length is a network error', async () => {
    const server = await started(
      listenRaw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
    )
    const { body } = await send(get(server.host), transport).reply
    expect((await failure(body.bytes(1e6))).code).toBe('network')
  })

  it('a refused connection is a network error', async () => {
    const server = await listenHttp(() => {})
    await server.close()
    const error = await failure(send(get(server.host), transport).reply)
    expect(error.code).toBe('network')
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('a name that does not exist is a network error that names it', async () => {
    const error = await failure(send(get('', { url: 'http://no-such-name.invalid/x' }), transport).reply)
    expect(error.code).toBe('network')
    expect(error.message).toContain('no-such-name.invalid')
  })

  it('what is not HTTP is a network error', async () => {
    const server = await started(listenRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))
    expect((await failure(send(get(server.host), transport).reply)).code).toBe('network')
  })

  it('a URL without a scheme is told so', async () => {
    const error = await failure(send(get('', { url: 'localhost-8080/v1' }), transport).reply)
    expect(error.code).toBe('invalid-argument')
    expect(error.message).toContain('https://')
  })

  it('a reader that does not read pauses the connection, and gets everything in the end', async () => {
    const size = 64 * 1024 * 1024
    const piece = Buffer.alloc(64 * 1024, 'x')
    let written = 0
    const server = await started(
      listenHttp((_req, res) => {
        const push = () => {
          while (written < size) {
            written += piece.length
            if (!res.write(piece)) return void res.once('drain', push)
          }
          res.end()
        }
        push()
      }),
    )
    const { body } = await send(get(server.host), transport).reply
    await body.next()
    for (let before = -1; before !== written; ) {
      before = written
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(written).toBeLessThan(size / 2)
    let length = 0
    for (let chunk = await body.next(); chunk; chunk = await body.next()) length += chunk.byteLength
    expect(length).toBeGreaterThan(size - 4 * 1024 * 1024)
    expect(written).toBe(size)
  })
})

describe('connections', () => {
  it('connected settles when the request is on its way, before there is a reply', async () => {
    let answer = () => {}
    const server = await started(listenHttp((_req, res) => void (answer = () => res.end('ok'))))
    const { connected, reply } = send(get(server.host))
    await connected
    let replied = false
    void reply.then(() => (replied = true))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(replied).toBe(false)
    await until(() => server.sockets.length === 1)
    answer()
    expect(await text(await reply)).toBe('ok')
  })

  it('an abort during the TLS handshake rejects at once with the reason', async () => {
    const server = await started(listen(net.createServer(() => {})))
    const controller = new AbortController()
    const { reply, connected } = send(get('', { url: `https://${server.host}/`, signal: controller.signal }))
    await until(() => server.sockets.length === 1)
    controller.abort('enough')
    await expect(reply).rejects.toBe('enough')
    await expect(connected).rejects.toBe('enough')
  })

  it('a body that nobody needs any more and that ends soon leaves its connection to the pool', async () => {
    const server = await started(
      listenHttp((_req, res) => {
        res.write('needed')
        setTimeout(() => res.end('not needed'), 10)
      }),
    )
    for (let at = 0; at < 3; at++) {
      const { body } = await send(get(server.host)).reply
      await body.next()
      body.finish(5_000)
      await until(() => body.ended)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(server.sockets).toHaveLength(1)
  })

  it('a body that nobody needs any more and that goes on is dropped', async () => {
    const server = await started(listenHttp((_req, res) => void res.write('needed')))
    const { body } = await send(get(server.host)).reply
    await body.next()
    body.finish(10)
    await until(() => server.sockets.every((socket) => socket.destroyed))
  })

  it('a signal keeps no listener once the exchange is over', async () => {
    const server = await started(listenHttp((_req, res) => res.end('ok')))
    const { signal } = new AbortController()
    const listeners = countListeners(signal)
    for (let at = 0; at < 3; at++) await text(await send(get(server.host, { signal })).reply)
    expect(listeners()).toBe(0)
  })
})
