import type { Usage } from './contract/usage.ts'

/** Every reason a call can fail. The list is closed; services' own codes are in `providerCode`. */
export type ErrorCode =
  /** The connection failed: reset, DNS, TLS, refused. */
  | 'network'
  /** One of the five clocks ran out; `clock` says which. */
  | 'timeout'
  /** The stream ended before the answer did. `partial` holds what came. */
  | 'truncated'
  /** The service sent what its protocol does not allow. */
  | 'malformed'
  /** Too many requests or tokens, or the service is overloaded: later it may work. */
  | 'rate-limit'
  /** The account has no credit or quota left: waiting does not help. */
  | 'quota'
  | 'auth'
  /** No such model, deployment or endpoint. */
  | 'not-found'
  /** The request is longer than the model's window. */
  | 'context-length'
  /** The service's filter refused the request or blocked the answer. */
  | 'content-filter'
  /** The service does not accept the request as it stands. */
  | 'bad-request'
  /** The service failed (5xx). */
  | 'server'
  /** The model lacks a feature that was asked for; nothing was sent. */
  | 'unsupported'
  /** An argument of a call is wrong; nothing was sent. */
  | 'invalid-argument'
  /** A config file, a role or a model's folder is wrong. */
  | 'config'
  /** The model's answer does not fit the schema, after all re-asks. */
  | 'invalid-output'
  /** A tool failed in a way that the model can't be told about. */
  | 'tool'
  /** The stream was left before it ended. */
  | 'aborted'

export type Phase = 'connect' | 'headers' | 'pre-content' | 'post-content'

export type Clock = 'connect' | 'headers' | 'firstContent' | 'idle' | 'total'

/** What had arrived when a call failed. */
export interface Partial {
  readonly text: string
  /** Calls whose input may be cut. */
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly input: string }[]
  readonly usage?: Usage | undefined
}

export interface ErrorInfo {
  readonly status?: number | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly requestId?: string | undefined
  readonly providerCode?: string | undefined
  readonly phase?: Phase | undefined
  readonly clock?: Clock | undefined
  /** Milliseconds after which the service wants to be asked again. */
  readonly retryAfter?: number | undefined
  /** Overrides what the code implies, where the service said so. */
  readonly retryable?: boolean | undefined
  readonly partial?: Partial | undefined
  /** Where the problem stands: schema issues, a config path. Plain JSON. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[] | undefined
  readonly cause?: unknown
}

const brand = Symbol.for('anymodel.error')

const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'network',
  'timeout',
  'truncated',
  'malformed',
  'rate-limit',
  'server',
])

/** The only error class of anymodel. Tell it with `isAnyModelError`, then look at `code`. */
export class AnyModelError extends Error {
  override readonly name = 'AnyModelError'
  readonly code: ErrorCode
  /** True when the same request may succeed later or elsewhere. */
  readonly retryable: boolean
  readonly status: number | undefined
  readonly provider: string | undefined
  readonly model: string | undefined
  readonly requestId: string | undefined
  readonly providerCode: string | undefined
  readonly phase: Phase | undefined
  readonly clock: Clock | undefined
  readonly retryAfter: number | undefined
  readonly partial: Partial | undefined
  readonly issues: ErrorInfo['issues']

  constructor(code: ErrorCode, message: string, info: ErrorInfo = {}) {
    super(redact(message), info.cause === undefined ? undefined : { cause: info.cause })
    this.code = code
    this.retryable = info.retryable ?? retryableCodes.has(code)
    this.status = info.status
    this.provider = info.provider
    this.model = info.model
    this.requestId = info.requestId
    this.providerCode = info.providerCode
    this.phase = info.phase
    this.clock = info.clock
    this.retryAfter = info.retryAfter
    this.partial = info.partial
    this.issues = info.issues
    Object.defineProperty(this, brand, { value: true })
  }

  /** The same error with more known about it. What `more` leaves undefined stays. */
  with(more: ErrorInfo): AnyModelError {
    const known = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined))
    const error = new AnyModelError(this.code, this.message, { ...(this as ErrorInfo), ...known })
    if (this.stack) error.stack = this.stack
    return error
  }

  /** Plain JSON for logs: no stack, no cause, no partial text. */
  toJSON(): { [key: string]: unknown } {
    const {
      name,
      message,
      code,
      retryable,
      status,
      provider,
      model,
      requestId,
      providerCode,
      phase,
      clock,
      retryAfter,
      issues,
    } = this
    return {
      name,
      message,
      code,
      retryable,
      status,
      provider,
      model,
      requestId,
      providerCode,
      phase,
      clock,
      retryAfter,
      issues,
    }
  }
}

/** True for errors of anymodel, also across copies of the package. */
export const isAnyModelError = (value: unknown): value is AnyModelError =>
  typeof value === 'object' && value !== null && brand in value

const secrets: readonly (readonly [RegExp, string])[] = [
  [/\b(?:sk|pk|rk|gsk|xai|hf|r8|pplx|csk|tgp|fw|nvapi|AIza)[-_A-Za-z0-9]{16,}/g, '[redacted]'],
  [/\b(bearer|basic|token)\s+[-._~+/A-Za-z0-9]{12,}=*/gi, '$1 [redacted]'],
  [
    /((?:api[-_]?key|access[-_]?token|authorization|x-goog-api-key|password|secret|[?&]key)["']?\s*[=:]\s*["']?)(?!(?:bearer|basic)\b)[^\s"'&,}]{6,}/gi,
    '$1[redacted]',
  ],
  [/(\/\/[^/\s:@]+:)[^/\s@]+(@)/g, '$1[redacted]$2'],
]

/** Removes what looks like a credential from a text meant for people. */
export const redact = (text: string): string =>
  secrets.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text)
