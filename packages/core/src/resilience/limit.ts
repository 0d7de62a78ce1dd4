import type { CodeModel } from '../contract/code.ts'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { memoryState } from '../state/memory.ts'
import type { State } from '../state/state.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { Limiter } from './limit/limiter.ts'
import type { Wanted } from './limit/waiter.ts'
import { wrap } from './retry.ts'
import { type Enter, ticketed, ticketedCall } from './ticket.ts'

export interface LimitOptions {
  /** At most this many requests are sent within any minute. */
  readonly requestsPerMinute?: number
  /** At most this many tokens, input and output. What a call will take is estimated before and put right after. */
  readonly tokensPerMinute?: number
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
  /** Tokens that a text call will take. Default: a quarter of its characters, and `maxTokens` or what former answers had on average. */
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
 * With a shared `state` the limits are those of all processes together. Put clocks inside, retries outside: `withRetry(withLimit(withTimeout(model, clocks), { requestsPerMinute: 500 }))`.
 */
export function withLimit(model: TextModel, options: LimitOptions): TextModel
export function withLimit(model: CodeModel, options: LimitOptions): CodeModel
export function withLimit(model: EmbeddingModel, options: LimitOptions): EmbeddingModel
export function withLimit(
  model: TextModel | CodeModel | EmbeddingModel,
  options: LimitOptions,
): TextModel | CodeModel | EmbeddingModel {
  const limiter = limiterOf(model, options)
  if ('embed' in model) return limitEmbedding(model, limiter)
  if ('fill' in model) return limitCode(model as CodeModel, limiter)
  return limitText(model, limiter, options)
}

function limitText(model: TextModel, limiter: Limiter, { fairBy = 'tenant', countTokens }: LimitOptions): TextModel {
  const average = runningAverage()
  const tokensOf = countTokens ?? ((call) => estimateTokens(call) + (call.maxTokens ?? average.value))
  const limited: TextModel = {
    ...wrap(model),
    stream: (call) => {
      const wanted = () => ({ tokens: tokensOf(call), group: call.tags?.[fairBy] ?? '', signal: call.signal })
      return ticketed(observed(limiter, wanted, average), () => model.stream(call))
    },
  }
  const { unfit } = candidateOf(model)
  return unfit ? asCandidate(limited, { unfit }) : limited
}

function limitCode(model: CodeModel, limiter: Limiter): CodeModel {
  const { provider, id, supports } = model
  const average = runningAverage()
  return {
    provider,
    id,
    supports,
    fill: (call) => {
      const { prefix, suffix, maxTokens, signal } = call
      const wanted = () => ({ tokens: quarter([prefix, suffix]) + (maxTokens ?? average.value), group: '', signal })
      return ticketed(observed(limiter, wanted, average), () => model.fill(call))
    },
  }
}

function limitEmbedding(model: EmbeddingModel, limiter: Limiter): EmbeddingModel {
  const { provider, id, maxBatch } = model
  return {
    provider,
    id,
    ...(maxBatch === undefined ? {} : { maxBatch }),
    embed(call) {
      const wanted = { tokens: quarter(call.values), group: '', signal: call.signal }
      return ticketedCall(
        (left) => limiter.enter(wanted, left),
        () => model.embed(call),
      )
    },
  }
}

/** The way in, which remembers how long answers are. */
const observed =
  (limiter: Limiter, wanted: () => Wanted, average: ReturnType<typeof runningAverage>): Enter =>
  async (left) => {
    const ticket = await limiter.enter(wanted(), left)
    return {
      end(outcome) {
        average.add(outcome.finish?.usage.output)
        return ticket.end(outcome)
      },
    }
  }

function limiterOf({ provider, id }: { readonly provider: string; readonly id: string }, options: LimitOptions) {
  const { requestsPerMinute, tokensPerMinute, concurrency, lease = 30_000, learn = true } = options
  for (const [name, value] of Object.entries({ requestsPerMinute, tokensPerMinute, concurrency, lease }))
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new AnyModelError('invalid-argument', `${name} of withLimit must be a whole number above 0, not ${value}.`)
  const { state = memoryState(), key = `${provider}/${id}`, onStateError = 'allow' } = options
  const { max = 1_000, timeout = 30_000 } = options.queue ?? {}
  const rates = { requestsPerMinute, tokensPerMinute, concurrency, key, lease }
  return new Limiter({ ...rates, queue: { max, timeout }, learn, state, onStateError, model: { provider, id } })
}

const quarter = (texts: readonly string[]): number =>
  Math.ceil(texts.reduce((chars, text) => chars + text.length, 0) / 4)

/** Tokens of an answer, as they were lately. */
function runningAverage() {
  let value = 500
  return {
    get value() {
      return Math.ceil(value)
    },
    add(output: number | undefined) {
      if (output !== undefined) value += (output - value) * 0.1
    },
  }
}
