import { AnyModelError, type ErrorCode, isAnyModelError } from '@anymodel/core'

export interface QdrantConnection {
  /** Address of the server: `http://localhost:6333`. */
  readonly url: string
  readonly apiKey?: string
  /** A `fetch` of your own, for proxies and certificates. */
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds that one request may take. Default 60,000. */
  readonly timeout?: number
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** One request: gives the `result` of the answer. */
export type Ask = <T>(method: Method, path: string, body?: object, signal?: AbortSignal) => Promise<T>

const codes: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['auth', 'Qdrant refused the API key. Check apiKey'],
  403: ['auth', 'Qdrant does not allow this with the API key. Use one that may write'],
  404: ['not-found', 'Qdrant has no such collection. Call open(), or add documents first'],
  429: ['rate-limit', 'Qdrant has too many requests'],
}

export function qdrantRest({ url, apiKey, fetch = globalThis.fetch, timeout = 60_000 }: QdrantConnection): Ask {
  const base = url.replace(/\/+$/, '')
  const headers = { 'content-type': 'application/json', ...(apiKey === undefined ? {} : { 'api-key': apiKey }) }
  return async <T>(method: Method, path: string, body?: object, signal?: AbortSignal) => {
    const clock = AbortSignal.timeout(timeout)
    try {
      const reply = await fetch(`${base}${path}`, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: signal ? AbortSignal.any([signal, clock]) : clock,
      })
      return resultOf<T>(reply.status, await reply.text())
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (isAnyModelError(error)) throw error
      if (clock.aborted)
        throw new AnyModelError('timeout', `Qdrant did not answer in ${timeout} ms.`, { clock: 'total', cause: error })
      throw new AnyModelError('network', `Qdrant can not be reached at ${base}. Check the url, and whether it runs.`, {
        cause: error,
      })
    }
  }
}

function resultOf<T>(status: number, text: string): T {
  let answer: { result?: unknown; status?: { error?: unknown } } | undefined
  try {
    answer = JSON.parse(text)
  } catch {
    answer = undefined
  }
  if (status >= 400) {
    const [code, says] = codes[status] ?? [status >= 500 ? 'server' : 'bad-request', 'Qdrant refused the request']
    throw new AnyModelError(code, `${says}. (${status} ${String(answer?.status?.error ?? '').slice(0, 500)})`, {
      status,
    })
  }
  if (typeof answer !== 'object' || answer === null || answer.result === undefined)
    throw new AnyModelError('malformed', 'What answered is no Qdrant: its answer has no result. Check the url.', {
      status,
    })
  return answer.result as T
}
