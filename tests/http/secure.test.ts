import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import { isAnyModelError } from '@anymodel/core'
import { type HttpReply, send } from '@anymodel/core/http'
import { Agent } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Loopback, listen, until } from './loopback.ts'
import { cert, key } from './self-signed.ts'

const text = async ({ body }: HttpReply) => new TextDecoder().decode(await body.bytes(1e6))
const request = (url: string, signal?: AbortSignal) =>
  ({ method: 'POST', url, headers: {}, body: '{}', signal }) as const

const open: Loopback[] = []
const started = async (server: net.Server) => {
  const running = await listen(server)
  open.push(running)
  return running
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

describe('TLS', () => {
  it('a certificate that nobody vouches for is a network error that says so', async () => {
    const server = await started(https.createServer({ cert, key }, (_req, res) => res.end()))
    const error = await send(request(`https://${server.host}/`)).reply.catch((thrown: unknown) => thrown)
    expect(isAnyModelError(error) && [error.code, error.phase]).toEqual(['network', 'connect'])
    expect(String(error)).toMatch(/self[- ]signed/i)
  })

  it('a dispatcher of your own may trust it', async () => {
    const server = await started(https.createServer({ cert, key }, (_req, res) => res.end('private')))
    const dispatcher = new Agent({ connect: { ca: cert } })
    expect(await text(await send(request(`https://${server.host}/`), { dispatcher }).reply)).toBe('private')
    await dispatcher.destroy()
  })
})

describe('HTTP/2', () => {
  const secure = (handler: (stream: http2.ServerHttp2Stream) => void) => {
    const server = http2.createSecureServer({ cert, key })
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      handler(stream)
    })
    return started(server as unknown as net.Server)
  }

  // undici lets no second POST onto an HTTP/2 connection that is busy with one.
  it('requests one after the other share a connection, requests at once do not wait for each other', async () => {
    const server = await secure((stream) => {
      stream.respond({ ':status': 200, 'x-protocol': 'h2' })
      stream.end('over h2')
    })
    const dispatcher = new Agent({ allowH2: true, connect: { ca: cert } })
    const transport = { http2: true, dispatcher }
    for (let at = 0; at < 3; at++) await send(request(`https://${server.host}/`), transport).reply.then(text)
    expect(server.sockets.length).toBe(1)
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => send(request(`https://${server.host}/`), transport).reply),
    )
    expect(await Promise.all(replies.map(text))).toEqual(new Array(8).fill('over h2'))
    expect(replies[0]?.headers['x-protocol']).toBe('h2')
    await dispatcher.destroy()
  })

  it('an abort ends the stream and leaves the connection to the others', async () => {
    let closed = 0
    const server = await secure((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('half')
      stream.on('close', () => closed++)
    })
    const dispatcher = new Agent({ allowH2: true, connect: { ca: cert } })
    const controller = new AbortController()
    const { body } = await send(request(`https://${server.host}/`, controller.signal), { dispatcher }).reply
    await body.next()
    const next = body.next()
    controller.abort('enough')
    await expect(next).rejects.toBe('enough')
    await until(() => closed === 1)
    const other = await send(request(`https://${server.host}/`), { dispatcher }).reply
    expect(new TextDecoder().decode(await other.body.next())).toBe('half')
    expect(server.sockets.length).toBe(1)
    await dispatcher.destroy()
  })
})

describe('proxies of the environment', () => {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
  const before = new Map(names.map((name) => [name, process.env[name]]))
  beforeEach(() => {
    for (const name of names) delete process.env[name]
    vi.resetModules()
  })
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  /** A proxy that tunnels (CONNECT) and forwards, and notes what it did. */
  const proxy = async () => {
    const seen: string[] = []
    const server = http.createServer((req, res) => {
      seen.push(`forward ${req.url}`)
      const onward = http.request(req.url ?? '', { method: req.method, headers: req.headers }, (reply) => {
        res.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(res)
      })
      req.pipe(onward)
    })
    server.on('connect', async (req, socket: net.Socket) => {
      seen.push(
        `tunnel ${req.url}${req.headers['proxy-authorization'] ? ` as ${req.headers['proxy-authorization']}` : ''}`,
      )
      const [host, port] = (req.url ?? '').split(':')
      const onward = net.connect(Number(port), host)
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
      await once(onward, 'connect')
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    const { host } = await started(server)
    return { host, seen }
  }

  const plain = async () =>
    started(http.createServer((req, res) => void req.resume().on('end', () => res.end('behind'))))

  /** The agent reads the environment once per process: each test gets a fresh one. */
  const fresh = async () => (await import('@anymodel/core/http')).send

  it('are used', async () => {
    const [{ host, seen }, server] = [await proxy(), await plain()]
    process.env.HTTP_PROXY = `http://${host}`
    const reply = await (await fresh())(request(`http://${server.host}/x`)).reply
    expect(await text(reply)).toBe('behind')
    expect(seen).toHaveLength(1)
    expect(seen[0]).toContain(server.host)
  })

  it('get their credentials', async () => {
    const [{ host, seen }, server] = [await proxy(), await plain()]
    process.env.HTTP_PROXY = `http://user:pass@${host}`
    await (await fresh())(request(`http://${server.host}/x`)).reply.then(text)
    expect(seen[0]).toContain(Buffer.from('user:pass').toString('base64'))
  })

  it('are passed by for hosts in NO_PROXY', async () => {
    const [{ host, seen }, server] = [await proxy(), await plain()]
    process.env.HTTP_PROXY = `http://${host}`
    process.env.NO_PROXY = '127.0.0.1'
    expect(await text(await (await fresh())(request(`http://${server.host}/x`)).reply)).toBe('behind')
    expect(seen).toEqual([])
  })

  it('that are down are a network error', async () => {
    const gone = await listen(http.createServer())
    await gone.close()
    process.env.HTTP_PROXY = `http://${gone.host}`
    const error = await (await fresh())(request('http://127.0.0.1:9/x')).reply.catch((thrown: unknown) => thrown)
    expect(isAnyModelError(error) && error.code).toBe('network')
  })
})
