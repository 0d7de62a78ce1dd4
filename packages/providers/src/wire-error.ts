import { AnyModelError, type ErrorCode, type ErrorInfo, type Phase } from '@anymodel/core'
import { filterReasons } from './filter-reasons.ts'
import type { WireError } from './reported.ts'
import { requestId } from './request-id.ts'
import { successorHint } from './retired-models.ts'
import { retryAfter } from './retry-after.ts'

interface Described {
  message?: string | undefined
  /** The service's own codes, most specific first. */
  codes: string[]
}

/** Every service's error body comes down to a message and some codes. */
function describe(body: unknown): Described {
  if (typeof body === 'string') return { message: htmlTitle(body), codes: [] }
  if (Array.isArray(body)) return describe(body[0])
  if (typeof body !== 'object' || body === null) return { codes: [] }
  const {
    error,
    errors,
    detail,
    err_msg,
    err_code,
    message = err_msg,
    type,
    code = err_code,
    status,
    name,
    details,
    response,
  } = body as Record<string, unknown>
  if (typeof error === 'object' && error !== null) {
    const inner = describe(error)
    const raw = (error as { metadata?: { raw?: unknown } }).metadata?.raw
    const more = typeof raw === 'string' ? raw.slice(0, 500) : nodeErrors(body)
    const filtered = filterReasons(error)
    const words = [inner.message, more].filter(Boolean).join(': ')
    return {
      message: [words, filtered && `(${filtered})`].filter(Boolean).join(' ') || undefined,
      codes: [...inner.codes, ...text(code, type)],
    }
  }
  if (typeof response === 'object' && response !== null && 'error' in response) return describe(response)
  if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return describe(detail)
  const reasons = Array.isArray(details) ? details.map((d) => (d as { reason?: unknown } | null)?.reason) : []
  const codes = text(...reasons, code, type, status, name)
  if (typeof error === 'string') return { message: text(error, ...[detail].flat()).join(': '), codes }
  if (typeof message === 'string') return { message, codes }
  if (typeof detail === 'string') return { message: detail, codes }
  if (Array.isArray(errors)) return { message: text(...errors).join(' ') || undefined, codes }
  if (Array.isArray(detail)) {
    const lines = detail.map((d) =>
      typeof d === 'object' && d
        ? `${[(d as { loc?: unknown[] }).loc].flat(2).join('.')}: ${String((d as { msg?: unknown }).msg)}`
        : String(d),
    )
    const types = detail.flatMap((d) => text((d as { type?: unknown } | null)?.type))
    return { message: lines.join('; '), codes: [...types, ...codes] }
  }
  return { codes }
}

/** What ComfyUI has against single nodes of a workflow. */
function nodeErrors(body: object): string | undefined {
  const { node_errors: nodes } = body as { node_errors?: Record<string, { errors?: unknown } | null> }
  const errors = Object.values(nodes ?? {}).flatMap((node) => (Array.isArray(node?.errors) ? node.errors : []))
  const lines = errors.map((one: { message?: unknown; details?: unknown } | null) => text(one?.message, one?.details))
  return lines
    .map((line) => line.join(': '))
    .join('; ')
    .slice(0, 500)
}

/** A body as the text that it was. One nested too deep for that has no hints. */
function toText(body: unknown): string {
  if (typeof body === 'string') return body
  try {
    return JSON.stringify(body ?? '')
  } catch {
    return ''
  }
}

const text = (...values: unknown[]): string[] =>
  values.filter((v) => typeof v === 'string' || typeof v === 'number').map(String)

function htmlTitle(body: string): string | undefined {
  if (!/^\s*</.test(body)) return body.trim().slice(0, 500) || undefined
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]?.trim()
  return `an HTML page came back${title ? ` ("${title}")` : ''}: a proxy or a wrong baseURL`
}

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'bad-request',
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'not-found',
  405: 'not-found',
  408: 'timeout',
  409: 'server',
  413: 'context-length',
  422: 'bad-request',
  425: 'server',
  429: 'rate-limit',
  498: 'rate-limit',
  503: 'server',
  529: 'rate-limit',
}

/** Codes that several services use. */
const byCode: Readonly<Record<string, ErrorCode>> = {
  API_KEY_INVALID: 'auth',
  authentication_error: 'auth',
  billing_error: 'quota',
  content_filter: 'content-filter',
  contentFilter: 'content-filter',
  content_policy_violation: 'content-filter',
  context_length_exceeded: 'context-length',
  exceed_context_size_error: 'context-length',
  insufficient_quota: 'quota',
  invalid_api_key: 'auth',
  invalid_request_error: 'bad-request',
  invalid_prompt: 'content-filter',
  model_not_found: 'not-found',
  not_found_error: 'not-found',
  overloaded_error: 'rate-limit',
  permission_error: 'auth',
  rate_limit_error: 'rate-limit',
  rate_limit_exceeded: 'rate-limit',
  request_too_large: 'context-length',
  api_error: 'server',
  server_error: 'server',
  timeout_error: 'timeout',
  INVALID_ARGUMENT: 'bad-request',
  NOT_FOUND: 'not-found',
  PERMISSION_DENIED: 'auth',
  RESOURCE_EXHAUSTED: 'rate-limit',
  UNAUTHENTICATED: 'auth',
  UNAVAILABLE: 'server',
  INTERNAL: 'server',
  DEADLINE_EXCEEDED: 'timeout',
}

const contextLength =
  /context[ _-]?(?:length|window|size)|maximum context|too many (?:input )?tokens|prompt is too long|input is too long|exceeds? (?:the )?(?:model'?s )?(?:max(?:imum)?|available) (?:context|input|number of tokens)|reduce the length|input token count|longer than the model/i
const throttled = /rate limit|throttl|too many requests/i
const quota =
  /insufficient[_ -]?quota|exceeded (?:your|the) (?:current )?quota|credit balance|out of credits|billing|payment required|insufficient (?:balance|credits|funds)/i
const filtered =
  /content[ _-]?(?:filter|policy|management policy)|safety system|flagged (?:as|by)|violat\w+ .{0,40}polic/i
/** OpenRouter answers so with status 403. */
const flagged = /requires moderation|input was flagged/i
const badKey = /(?:invalid|incorrect|missing) api[ _-]?key|api key not valid/i

function classify(
  { message = '', codes }: Described,
  status: number | undefined,
  own: Readonly<Record<string, ErrorCode>>,
): ErrorCode {
  const known = codes
    .map((code) => own[code] ?? byCode[code] ?? byStatus[Number(code)])
    .find((code) => code !== undefined)
  const base =
    (known === 'bad-request' || known === undefined) && status !== undefined && status !== 200
      ? (byStatus[status] ?? (status >= 500 ? 'server' : (known ?? 'bad-request')))
      : (known ?? 'server')
  if (base === 'rate-limit' && quota.test(message) && !/per (?:minute|second|day)|retry in/i.test(message))
    return 'quota'
  if (base === 'auth' && flagged.test(message)) return 'content-filter'
  if (base !== 'bad-request' && base !== 'server' && base !== 'context-length') return base
  if (badKey.test(message)) return 'auth'
  if (contextLength.test(message) && !throttled.test(message)) return 'context-length'
  if (base === 'bad-request' && filtered.test(message)) return 'content-filter'
  if (quota.test(message) && base === 'bad-request') return 'quota'
  return base
}

const advice: Partial<Record<ErrorCode, string>> = {
  auth: 'Check the API key and what it may use.',
  quota: 'Waiting does not help: add credit, or use another key.',
  'not-found': 'Check the model id and baseURL.',
  'context-length': 'Shorten the input, or use a model with a larger window.',
}

/** Services say that they have no such model as a 404, or as a 400 in words. */
const isAboutModel = (code: ErrorCode, words: string): boolean =>
  code === 'not-found' || (code === 'bad-request' && /\bmodels?\b|deprecat|retired|no longer/i.test(words))

/** The typed error for what a service reported. */
export function wireError(wire: WireError, own: Readonly<Record<string, ErrorCode>> = {}): AnyModelError {
  const { provider, model, status, headers = {}, body } = wire
  const described = describe(body)
  const code = classify(described, status, own)
  const words =
    described.message ??
    (status === undefined ? 'the service reported an error without a message' : `HTTP ${status} without a message`)
  const should = headers['x-should-retry']
  const info: ErrorInfo = {
    status,
    provider,
    model,
    requestId: requestId(headers, body),
    providerCode: described.codes[0],
    retryAfter: retryAfter(headers, toText(body), code === 'rate-limit'),
    retryable: should === 'true' ? true : should === 'false' ? false : undefined,
    phase: status === undefined ? undefined : 'headers',
  }
  const help =
    status === 413 ? 'Send less: the request is larger than the service takes, files included.' : advice[code]
  const hint = (isAboutModel(code, words) ? successorHint(provider, model) : undefined) ?? help
  return new AnyModelError(
    code,
    `${provider}/${model}: ${words.slice(0, 1_000)}${/[.!?]$/.test(words) ? '' : '.'}${hint ? ` ${hint}` : ''}`,
    info,
  )
}

/** For what a decoder can't cope with: the service's fault, not the caller's. */
export const notInFormat = (cause: unknown, info: { provider: string; model: string; phase?: Phase | undefined }) =>
  new AnyModelError(
    'malformed',
    `${info.provider}/${info.model}: the answer is not what its format allows (${String(cause)}).`,
    { ...info, cause },
  )
