import type { Dispatcher } from 'undici'
import { ByteQueue } from './byte-queue.ts'
import { type ByteSink, sinkFor } from './byte-sink.ts'

/** How requests travel. Default: one undici agent for the process, with keep-alive pools and the proxies of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). */
export interface Transport {
  /** An undici dispatcher of your own: proxies, client certificates, pool sizes, mocks. */
  readonly dispatcher?: Dispatcher
  /** A `fetch` to use instead of undici. */
  readonly fetch?: typeof globalThis.fetch
  /** Offer HTTP/2 to servers that speak it over TLS. Default false. */
  readonly http2?: boolean
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal | undefined
}

export interface HttpReply {
  readonly status: number
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** The decompressed body. */
  readonly body: ByteQueue
}

/** One request under way. */
export interface Exchange {
  /** Settles when the request is written to a connection (with `fetch`: when the reply comes). Rejects like `reply`. */
  readonly connected: Promise<void>
  /** Settles when the headers are here. Rejects with `signal.reason` or a `network` or `timeout` error. */
  readonly reply: Promise<HttpReply>
  /** Drops the connection unless the exchange is over. */
  close(): void
}

/** Sends one request. Never retries, never follows redirects, never throws before the first `await`. */
export function send(request: HttpRequest, transport: Transport = {}): Exchange {
  return transport.fetch ? sendByFetch(request, transport.fetch) : sendByUndici(request, transport)
}

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']

let agents: Promise<{ http1: Dispatcher; http2: Dispatcher }> | undefined

/** undici costs a tenth of a second to load: it is loaded with the first request. The timeouts here are a last resort behind `withTimeout`. */
export const agent = async (http2: boolean): Promise<Dispatcher> => {
  agents ??= import('undici').then(({ Agent, EnvHttpProxyAgent }) => {
    // Looking at the environment costs a tenth of a short request, each time: only where it names a proxy.
    const Chosen = proxyVariables.some((name) => process.env[name]) ? EnvHttpProxyAgent : Agent
    const options = { headersTimeout: 600_000, bodyTimeout: 600_000, connections: null, connect: { timeout: 30_000 } }
    return { http1: new Chosen(options), http2: new Chosen({ ...options, allowH2: true }) }
  })
  return http2 ? (await agents).http2 : (await agents).http1
}

function sendByUndici(request: HttpRequest, transport: Transport): Exchange {
  const { signal } = request
  const connected = deferred<void>()
  const reply = deferred<HttpReply>()
  let controller: Dispatcher.DispatchController | undefined
  let body: ByteQueue | undefined
  let input: ByteSink | undefined
  let over = false

  const fail = (cause: unknown) => {
    if (over) return
    over = true
    signal?.removeEventListener('abort', abort)
    const phase = body ? 'pre-content' : controller ? 'headers' : 'connect'
    const settle = (error: unknown) => {
      connected.reject(error)
      reply.reject(error)
      body?.fail(error)
    }
    // What finds the words for broken connections is loaded with the first one.
    if (signal?.aborted) settle(signal.reason)
    else
      import('./network-error.ts').then(({ networkError }) => settle(networkError(cause, request.url, phase)), settle)
    input?.close()
    controller?.abort(cause instanceof Error ? cause : new Error('aborted'))
  }
  const abort = () => fail(signal?.reason)
  // An exchange that is over is closed as well, each time: an error nobody sees would cost a stack trace.
  const close = () => {
    if (!over) fail(new Error('closed'))
  }
  const end = () => {
    over = true
    signal?.removeEventListener('abort', abort)
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(c) {
      controller = c
      if (over) c.abort(new Error('aborted'))
      else connected.resolve()
    },
    onResponseStart(c, status, headers) {
      if (status < 200) return
      const pause = () => {
        c.pause()
        input?.pause()
      }
      const resume = () => {
        c.resume()
        input?.resume()
      }
      body = new ByteQueue({ pause, resume, close })
      input = sinkFor(headers['content-encoding'], body)
      reply.resolve({ status, headers: flat(headers), body })
    },
    onResponseData(_c, chunk) {
      input?.write(chunk)
    },
    onResponseEnd() {
      end()
      input?.end()
    },
    onResponseError(_c, error) {
      fail(error)
    },
  }

  const start = async () => {
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    const url = new URL(request.url)
    const dispatcher = transport.dispatcher ?? (await agent(transport.http2 ?? false))
    if (over) return
    const { method, headers } = request
    dispatcher.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method, headers, body: request.body ?? null },
      handler,
    )
  }
  start().catch(fail)
  return { connected: connected.promise, reply: reply.promise, close }
}

/** By a `fetch` of the caller's; what drives it is loaded when there is one. */
function sendByFetch(request: HttpRequest, fetch: typeof globalThis.fetch): Exchange {
  const controller = new AbortController()
  const reply = import('./reply-by-fetch.ts').then(({ replyByFetch }) => replyByFetch(request, fetch, controller))
  const connected = reply.then(() => undefined)
  connected.catch(() => {})
  return { connected, reply, close: () => controller.abort() }
}

const flat = (headers: Record<string, string | string[] | undefined>): Record<string, string> => {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return out
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(reason: unknown): void
}

/** A promise with its handles; a rejection that nobody waits for is not an unhandled one. */
function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((res, rej) => {
    resolve = res
    reject = rej
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}
