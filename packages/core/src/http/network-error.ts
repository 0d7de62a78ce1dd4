import { AnyModelError } from '../errors.ts'

const clocks: Record<string, 'connect' | 'headers' | 'idle'> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'idle',
}

/** What went wrong with a connection, as a typed error: a clock of the HTTP client, a bad URL, or the network. */
export function networkError(cause: unknown, url: string, phase: 'connect' | 'headers' | 'pre-content'): AnyModelError {
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
