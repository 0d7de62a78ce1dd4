import type { Answer } from '../answer.ts'
import type { Reply, ServedRequest } from '../server/reply.ts'
import type { ServiceError, WireEvent } from '../wire/wire.ts'
import { isPrefilled } from './healthy.ts'

/** What goes wrong with a request; `undefined`: nothing, the answer is a healthy one. `answer` is what a healthy service would say. */
export type Fault = (request: ServedRequest, answer: Answer) => Reply | undefined | Promise<Reply | undefined>

/** Lengths of time, in milliseconds. */
export interface FaultTimes {
  /** How long a service is late or silent before it goes on. */
  readonly stall: number
  /** Wait that a limited service asks for. */
  readonly retryAfter: number
}

/** Words of the healthy answer before which faults happen, as they stand in its events: the first, and the 41st of 60. */
const early = '"The"'
const late = 'where'

const messages: Readonly<Record<number, string>> = {
  400: 'The request is not valid.',
  401: 'Incorrect API key provided.',
  403: 'This key may not use the model.',
  404: 'The model does not exist.',
  429: 'Too many requests.',
  503: 'The service is unavailable.',
  529: 'Overloaded.',
}

const refused = (status: number, message = messages[status] ?? 'Something went wrong.', more: Reply = {}): Reply => ({
  error: { status, message },
  ...more,
})

const limited = (headers: Readonly<Record<string, string>>): Reply => refused(429, undefined, { headers })

const upTo = (word: string) => (events: readonly WireEvent[]) => {
  const at = events.findIndex(({ data }) => data.includes(word))
  return at < 0 ? events : events.slice(0, at)
}

const withoutEnd = (events: readonly WireEvent[]) => events.filter(({ terminal }) => !terminal)

/** The end without its last sign, where there is more than one: Chat Completions' `[DONE]`, Messages' `message_stop`. */
const withoutLastSign = (events: readonly WireEvent[]) =>
  events.filter(({ terminal }) => terminal).length > 1 ? events.slice(0, -1) : events

/** Something is put in before the event that has a word. */
const before = (word: string, event: WireEvent) => (events: readonly WireEvent[]) => {
  const at = Math.max(
    0,
    events.findIndex(({ data }) => data.includes(word)),
  )
  return [...events.slice(0, at), event, ...events.slice(at)]
}

/** Two beginnings; Gemini's answers have none that is no content. */
const doubledStart = (events: readonly WireEvent[]) => [...upTo(early)(events).slice(0, 1), ...events]

/** The text behind the call is Gemini's last event, which is left out. */
const toolCall: Answer = [
  { type: 'tool-call', id: 'call_1a2b3c4d5', name: 'order', input: '{"fish":' },
  { type: 'tool-call', id: 'call_1a2b3c4d5', name: 'order', input: '"herring"}' },
  { type: 'text', text: 'Ordered.' },
]

const dropped = Number.POSITIVE_INFINITY

/** Errors in services' words, beside those that are statuses alone. */
const errors: Readonly<Record<string, ServiceError>> = {
  'context-length': {
    status: 400,
    code: 'context_length_exceeded',
    message: "This model's maximum context length is 8192 tokens. Reduce the length of the messages.",
  },
  'content-filter': {
    status: 400,
    code: 'content_policy_violation',
    message: 'The request was rejected by our safety system.',
  },
  quota: { status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota: check your billing.' },
  overloaded: { status: 529, code: 'overloaded_error', message: 'Overloaded.' },
}

/** Every fault that has a name, besides `status-NNN`, `cut-NNN` and `ended-NNN`. */
export function namedFaults({ stall, retryAfter }: FaultTimes): Readonly<Record<string, Fault>> {
  const seconds = retryAfter / 1_000
  const inTime = (ms: number) => new Date(Date.now() + ms)
  return {
    healthy: () => undefined,
    ...Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, () => ({ error })])),

    // Every spelling of a wait.
    limited: () => limited({}),
    'limited-seconds': () => limited({ 'retry-after': String(seconds) }),
    // A date has whole seconds: it is rounded up.
    'limited-date': () => limited({ 'retry-after': inTime(retryAfter + 999).toUTCString() }),
    'limited-ms': () => limited({ 'retry-after-ms': String(retryAfter) }),
    'limited-azure': () => limited({ 'x-ms-retry-after-ms': String(retryAfter) }),
    'limited-duration': () =>
      limited({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${retryAfter}ms` }),
    'limited-timestamp': () =>
      limited({
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': inTime(retryAfter + 999).toISOString(),
      }),
    'limited-words': () => refused(429, `Rate limit reached. Please try again in ${seconds}s.`),
    'limited-info': () => ({
      status: 429,
      body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: `${seconds}s` }] } },
    }),

    // Connections.
    reset: () => ({ dropAt: -1, reset: true }),
    closed: () => ({ dropAt: -1 }),
    'reset-after-headers': () => ({ dropAt: 0, reset: true }),
    silent: () => ({ silentAfter: 'request' }),
    'silent-after-headers': () => ({ silentAfter: 0 }),
    'slow-headers': async () => {
      await new Promise((resolve) => setTimeout(resolve, stall).unref())
      return undefined
    },
    'slow-start': (_request, answer) => ({ answer, stall: { before: early, ms: stall } }),
    stall: (_request, answer) => ({ answer, stall: { before: late, ms: stall } }),
    cut: (_request, answer) => ({ answer, rewrite: upTo(late), dropAt: dropped }),
    'cut-early': (_request, answer) => ({ answer, rewrite: upTo(early), dropAt: dropped }),
    'cut-in-gzip': (_request, answer) => ({ answer, rewrite: upTo(late), encoding: 'gzip', dropAt: dropped }),

    // Events.
    malformed: (_request, answer) => ({ answer, rewrite: before(late, { data: '{"choices":[{"delta":{"cont' }) }),
    'error-first': () => ({ error: { ...(errors.overloaded as ServiceError), after: 0 } }),
    'error-late': (_request, answer) => ({ answer, error: { ...(errors.overloaded as ServiceError), after: 45 } }),
    'error-after-tool': () => ({
      answer: toolCall,
      error: { message: 'Something went wrong.', after: 1_000 },
      rewrite: withoutEnd,
    }),
    'no-last-sign': (_request, answer) => ({ answer, rewrite: withoutLastSign }),
    'no-end': (_request, answer) => ({ answer, rewrite: withoutEnd }),
    alive: (_request, answer) => ({ answer, comments: true, stall: { before: 0, ms: stall, alive: true } }),
    'alive-only': () => ({ answer: '', rewrite: () => [{ data: '{}' }], stall: { before: 0, ms: stall, alive: true } }),
    'doubled-start': (_request, answer) => ({ answer, rewrite: doubledStart }),
    'no-prefill': ({ body }) =>
      isPrefilled(body) ? refused(400, 'This model does not support assistant message prefill.') : undefined,

    // Bytes.
    gzip: (_request, answer) => ({ answer, encoding: 'gzip', cut: 7 }),
    brotli: (_request, answer) => ({ answer, encoding: 'br', cut: 7 }),
    split: (_request, answer) => ({ answer, cut: 1 }),
    'split-crlf': (_request, answer) => ({ answer, cut: { seed: 7 }, newline: '\r\n', comments: true }),
  }
}

/** Faults with a number in their names: `status-503`, `cut-400` (bytes), `ended-400` (bytes, properly ended). */
export function numberedFault(name: string): Fault | undefined {
  const [, kind, digits] = /^(status|cut|ended)-(\d+)$/.exec(name) ?? []
  const number = Number(digits)
  if (kind === 'status') return () => refused(number)
  if (kind === 'cut') return (_request, answer) => ({ answer, dropAt: number })
  if (kind === 'ended') return (_request, answer) => ({ answer, endAt: number })
  return undefined
}
