import type { TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { HedgeBudget } from './hedge-budget.ts'
import { Hedging } from './hedging.ts'
import { wrap } from './retry.ts'

export interface HedgeOptions {
  /** Who is asked besides. */
  readonly to: TextModel
  /** Milliseconds without content after which the other is asked. `p95`: as long as 19 of 20 first contents of the model took lately; it takes 20 requests to know. Default `p95`. */
  readonly after?: number | 'p95'
  /** Extra requests, as a share of all. Default 0.05: one extra request for 20 calls at most, so that the first 19 have none. 1: for every call. */
  readonly maxExtra?: number
}

/**
 * Asks another model as well when a model is slow to begin. Who delivers content first answers; the other is aborted at once and stands in `attempts`, by a `hedge` notice. When one fails, the other
 * goes on; when both do, the first one's error is thrown.
 *
 * Calls that pass on tool results, and those with tools that the provider runs, are never asked twice.  Of `maxAttempts` of a `withFallback` around it, both requests count; `withRetry` around it does not know of the second one.
 */
export function withHedge(model: TextModel, { to, after = 'p95', maxExtra = 0.05 }: HedgeOptions): TextModel {
  if (!(maxExtra >= 0 && maxExtra <= 1))
    throw new AnyModelError('invalid-argument', `maxExtra is a share from 0 to 1, not ${maxExtra}.`)
  if (after !== 'p95' && !(after >= 0))
    throw new AnyModelError('invalid-argument', `after is a number of milliseconds or 'p95', not ${after}.`)
  const budget = new HedgeBudget(after, maxExtra)
  const hedged: TextModel = {
    ...wrap(model),
    stream: (call) => ({ [Symbol.asyncIterator]: () => new Hedging(model, to, call, budget) }),
  }
  const { unfit, circuit } = candidateOf(model)
  return asCandidate(hedged, { unfit, circuit, alone: model })
}
