import type { TextCall } from '../contract/text.ts'
import type { Usage } from '../contract/usage.ts'
import { AnyModelError } from '../errors.ts'
import { memoryState } from '../state/memory.ts'
import type { State } from '../state/state.ts'
import { isMeasured, measured } from './call-measures.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { type AnyCall, type AnyModel, type Kind, kindOf, type OfKind, rewired } from './kinds.ts'
import { amountNames } from './limit/claims.ts'
import { Limiter } from './limit/limiter.ts'
import type { Wanted } from './limit/waiter.ts'
import { type Enter, ticketed, ticketedCall } from './ticket.ts'

export interface LimitOptions {
  /** At most this many requests are sent within any minute. */
  readonly requestsPerMinute?: number
  /** At most this many tokens, input and output. What a call will take is estimated before and put right after. */
  readonly tokensPerMinute?: number
  /** The same within any 24 hours. */
  readonly requestsPerDay?: number
  readonly tokensPerDay?: number
  /** At most this many requests within a calendar month, by UTC. */
  readonly requestsPerMonth?: number
  /** At most this many requests at once. */
  readonly concurrency?: number
  /** How many requests may wait for their turn (default 1,000), and for how long, in ms (default 30,000; 0: not at all). The others fail with `rate-limit`. */
  readonly queue?: { readonly max?: number; readonly timeout?: number }
  /** Where the counts are kept. Default: in this process. */
  readonly state?: State
  /** Those who share a state and this key share the limits. Default `provider/id`. */
  readonly key?: string
  /** Name of the tag whose values take turns while they wait: one tenant with many calls does not hold the others up. Default `tenant`. */
  readonly fairBy?: string
  /** Follow what the service says about its limits: `x-ratelimit-*` and `anthropic-ratelimit-*` headers, `retry-after`. Default true. */
  readonly learn?: boolean
  /** Tokens that a text call will take. Default, also of other kinds: a quarter of its characters, and `maxTokens` or what former answers had on average. */
  readonly countTokens?: (call: TextCall) => number
  /** What happens to calls while the state can't be reached. Default `allow`. */
  readonly onStateError?: 'allow' | 'refuse'
  /** Milliseconds after which the place of a process that died is free again. Default 30,000. */
  readonly lease?: number
}

/**
 * Keeps requests under limits: those for which there is no room wait in line, first come, first served (tenants in turns). One that can't wait (the line is full, or it takes too long) fails with
 * `rate-limit`: nothing was sent, `retryAfter` says when there may be room, and `withFallback` asks the next model.
 *
 * For models of every kind; those in tokens are for kinds that read text. With a shared `state` the limits are those of all processes together. Put clocks inside, retries outside: `withRetry(withLimit(withTimeout(model, clocks), { requestsPerMinute: 500 }))`.
 */
export function withLimit<M extends AnyModel>(model: M, options: LimitOptions): OfKind<M> {
  const kind = kindOf(model)
  const limiter = limiterOf(model, kind, options)
  const { fairBy = 'tenant' } = options
  const average = runningAverage(kind === 'text' || kind === 'code' ? 500 : 0)
  const enter = (call: AnyCall) => {
    const wanted = () => ({
      tokens: tokensOf(kind, call, options) ?? (measured(kind, 'tokens', call) ?? 0) + (mostOf(call) ?? average.value),
      group: call.tags?.[fairBy] ?? '',
      signal: call.signal,
    })
    return observed(limiter, wanted, average)
  }
  const limited = rewired(model, {
    parts: (ask, call) => ticketed(enter(call), () => ask(call)),
    value: (ask, call) => ticketedCall(enter(call), () => ask(call) as Promise<{ readonly usage: Usage }>),
  })
  const { unfit, members } = candidateOf(model)
  return unfit || members ? asCandidate(limited, { unfit, members }) : limited
}

const mostOf = (call: AnyCall): number | undefined => (call as { readonly maxTokens?: number }).maxTokens

const tokensOf = (kind: Kind, call: AnyCall, { countTokens }: LimitOptions): number | undefined =>
  kind === 'text' ? countTokens?.(call as TextCall) : undefined

/** The way in, which remembers how long answers are. */
const observed =
  (limiter: Limiter, wanted: () => Wanted, average: ReturnType<typeof runningAverage>): Enter =>
  async (left) => {
    const ticket = await limiter.enter(wanted(), left)
    return {
      end(outcome) {
        average.add(outcome.finish?.usage?.output)
        return ticket.end(outcome)
      },
    }
  }

function limiterOf({ provider, id }: AnyModel, kind: Kind, options: LimitOptions) {
  const { lease = 30_000, learn = true } = options
  const limits = Object.fromEntries(amountNames().map((name) => [name, options[name]]))
  for (const [name, value] of Object.entries({ ...limits, lease }))
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new AnyModelError('invalid-argument', `${name} of withLimit must be a whole number above 0, not ${value}.`)
  const unmeasured = (['tokensPerMinute', 'tokensPerDay'] as const).find((name) => options[name] !== undefined)
  if (unmeasured && !isMeasured(kind, 'tokens'))
    throw new AnyModelError('invalid-argument', `${unmeasured} says nothing about ${kind} models. Leave it out.`)
  const { state = memoryState(), key = `${provider}/${id}`, onStateError = 'allow' } = options
  const { max = 1_000, timeout = 30_000 } = options.queue ?? {}
  const rates = { ...limits, key, lease }
  return new Limiter({ ...rates, queue: { max, timeout }, learn, state, onStateError, model: { provider, id } })
}

/** Tokens of an answer, as they were lately. */
function runningAverage(usual: number) {
  let value = usual
  return {
    get value() {
      return Math.ceil(value)
    },
    add(output: number | undefined) {
      if (output !== undefined) value += (output - value) * 0.1
    },
  }
}
