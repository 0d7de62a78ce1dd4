import type { OutputMode, TextModel, TextSupport } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { FallingBack } from './falling-back.ts'
import type { Settings } from './plan.ts'
import { Rest } from './rest.ts'

export interface FallbackOptions {
  /**
   * What to do about an answer that breaks off after some of it was delivered.
   *
   * - `error` (the default): the call fails; `partial` of the error has what was delivered.
   * - `restart`: the next model begins anew. A `reset` notice says that what was delivered is void.
   * - `continue`: the next model goes on with the text. Where that can't be (nothing but reasoning so far, a JSON answer, a model that refuses), as `restart`.
   *
   * Once a tool call was delivered, and once a reader has files or results of the provider's tools, the call fails whatever is set here.
   */
  readonly onBreak?: 'error' | 'restart' | 'continue'
  /** Models to ask when the input is longer than a model's window. Without them that error is the call's. */
  readonly onContextOverflow?: readonly TextModel[]
  /** Models to ask when a service's filter refuses the request, or blocks the answer before it begins. Without them that error is the call's. */
  readonly onContentFilter?: readonly TextModel[]
  /** Upper bound on the requests of one call, to all models and with all retries. Default 6. */
  readonly maxAttempts?: number
  /** How often the same model is asked again after what may pass at once: the network, a server error, a rate limit when there is no other model. Default 1. */
  readonly retries?: number
  /** Longest wait before such a retry, in ms. Default 20,000. */
  readonly maxWait?: number
  /** Keeps the beginning of an answer back, so that one that breaks off early can still be replaced unseen: so many characters of text, or for so long after the first content. */
  readonly hold?: { readonly chars?: number; readonly ms?: number }
  /** Milliseconds for which a model that failed is asked after the others (rate limits, server errors, timeouts, keys; the service's own wait counts when it is longer). 0: never. Default 5,000. */
  readonly cooldown?: number
}

/**
 * Asks the first model; when it fails, the next. Until the first content nothing of a failed answer is seen. After that `onBreak` decides. Whatever happens, the reader ends with one whole answer or
 * with an error that has what was delivered; an end that the service did not announce is never taken for one.
 *
 * Every failed attempt is a `retry` or `failover` notice and stands in `attempts` of the result with its usage, which is no part of the result's. Of what a call asks for, models that lack it are passed over.
 * Give models without `withRetry`: there is one owner of retries (those of a model that has its own count). Clocks belong inside: `withFallback([withTimeout(a, clocks), b])`.
 */
export function withFallback(models: readonly TextModel[], options: FallbackOptions = {}): TextModel {
  const [first] = models
  if (!first) throw new AnyModelError('invalid-argument', 'withFallback needs at least one model.')
  const { onBreak = 'error', maxAttempts = 6, retries = 1, maxWait = 20_000, hold = {}, cooldown = 5_000 } = options
  const { onContextOverflow: larger = [], onContentFilter: unfiltered = [] } = options
  const settings: Settings = { onBreak, maxAttempts, retries, maxWait, hold, lists: { larger, unfiltered } }
  const rest = new Rest(cooldown)
  return {
    provider: first.provider,
    id: first.id,
    supports: common([...models, ...larger, ...unfiltered].map(({ supports }) => supports)),
    stream: (call) => ({ [Symbol.asyncIterator]: () => new FallingBack(models, call, settings, rest) }),
  }
}

/** What a call may ask for: what one of the models can do, as the others are passed over; of what is decided before the call, what all can. */
function common(supports: readonly TextSupport[]): TextSupport {
  const some = <T>(of: (one: TextSupport) => readonly T[] | undefined) => [
    ...new Set(supports.flatMap((one) => of(one) ?? [])),
  ]
  const all = <T>(of: (one: TextSupport) => readonly T[] | undefined) =>
    some(of).filter((value) => supports.every((one) => of(one)?.includes(value)))
  const modes = all(({ output = ['prompt'] as readonly OutputMode[] }) => output)
  return {
    tools: supports.some(({ tools }) => tools),
    output: modes.length > 0 ? modes : ['prompt'],
    files: some(({ files }) => files),
    fileUrls: all(({ fileUrls }) => fileUrls),
    prefill: supports.every(({ prefill }) => prefill),
    knobs: some(({ knobs }) => knobs),
  }
}
