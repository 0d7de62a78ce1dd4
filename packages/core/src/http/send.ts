import type { Dispatcher } from 'undici'
import { AnyModelError } from '../errors.ts'
import { ByteQueue } from './byte-queue.ts'
import { type ByteSink, decompressor } from './decompress.ts'

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

let agents: Promise<{ http1: Dispatcher; http2: Dispatcher }> | undefined

/** undici costs a tenth of a second to load: it is loaded with the first request. The timeouts here are a last resort behind `withTimeout`. */
const agent = async (http2: boolean): Promise<Dispatcher> => {
  agents ??= import('undici').then(({ EnvHttpProxyAgent }) => {
    const options = { headersTimeout: 600_000, bodyTimeout: 600_000, connections: null, connect: { timeout: 30_000 } }
    return { http1: new EnvHttpProxyAgent(options), http2: new EnvHttpProxyAgent({ ...options, allowH2: true }) }
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
    const error = signal?.aborted
      ? signal.reason
      : networkError(cause, request.url, body ? 'pre-content' : controller ? 'headers' : 'connect')
    connected.reject(error)
    reply.reject(error)
    body?.fail(error)
    input?.close()
    controller?.abort(error instanceof Error ? error : new Error('aborted'))
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
      input = decompressor(headers['content-encoding'], body)
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

function sendByFetch(request: HttpRequest, fetch: typeof globalThis.fetch): Exchange {
  const controller = new AbortController()
  const signal = request.signal ? AbortSignal.any([request.signal, controller.signal]) : controller.signal
  const rethrow = (cause: unknown) =>
    request.signal?.aborted ? request.signal.reason : networkError(cause, request.url, 'headers')
  const reply = (async (): Promise<HttpReply> => {
    const { method, url, headers } = request
    let response: Response
    try {
      response = await fetch(url, {
        method,
        headers,
        body: (request.body as BodyInit | undefined) ?? null,
        signal,
        redirect: 'manual',
      })
    } catch (cause) {
      throw rethrow(cause)
    }
    const reader = response.body?.getReader()
    const close = () => controller.abort()
    let wake: (() => void) | undefined
    let paused = false
    const body = new ByteQueue({
      pause: () => {
        paused = true
      },
      resume: () => {
        paused = false
        wake?.()
      },
      close,
    })
    const pump = async () => {
      for (;;) {
        if (paused) await new Promise<void>((resolve) => (wake = resolve))
        const chunk = await reader?.read()
        if (!chunk || chunk.done) return body.end()
        body.push(chunk.value)
      }
    }
    pump().catch((cause) => body.fail(rethrow(cause)))
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  })()
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

const clocks: Record<string, 'connect' | 'headers' | 'idle'> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'idle',
}

function networkError(cause: unknown, url: string, phase: 'connect' | 'headers' | 'pre-content'): AnyModelError {
  const { code, message } = describe(cause)
  const host = URL.canParse(url) ? new URL(url).host : url
  const clock = code === undefined ? undefined : clocks[code]
  if (clock) return new AnyModelError('timeout', `${host} did not answer in time (${clock}).`, { clock, phase, cause })
  if (cause instanceof TypeError && code === 'ERR_INVALID_URL') {
    return new AnyModelError(
      'invalid-argument',
      `"${url}" is not a URL. Give baseURL with its scheme, such as https://host/v1.`,
      { cause },
    )
  }
  return new AnyModelError('network', `Could not reach ${host}: ${message}${code ? ` (${code})` : ''}.`, {
    phase,
    cause,
  })
}

/** undici and fetch wrap the reason one or two levels deep. */
function describe(cause: unknown): { code?: string | undefined; message: string } {
  let error = cause as { code?: string; message?: string; cause?: unknown; errors?: unknown[] } | undefined
  for (let depth = 0; depth < 3 && error && !error.code; depth++) {
    const inner = (error.errors?.[0] ?? error.cause) as typeof error
    if (!inner) break
    error = inner
  }
  return { code: error?.code, message: error?.message || String(cause) }
}
