import type { EmbeddingModel } from '../contract/embedding.ts'
import type { PartStream, TextModel } from '../contract/text.ts'
import type { VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { checkSameVectors } from './fallback-call.ts'
import { HedgeBudget } from './hedge-budget.ts'
import { Hedging } from './hedging.ts'
import { type AnyCall, type AnyModel, type Kind, kindOf, type OfKind, rewired } from './kinds.ts'
import { fitterOf } from './stand-in.ts'

export interface HedgeOptions<M extends AnyModel = TextModel> {
  /** Who is asked besides: a model of the same kind. */
  readonly to: M
  /** Milliseconds without content after which the other is asked. `p95`: as long as 19 of 20 first contents of the model took lately; it takes 20 requests to know. Default `p95`. */
  readonly after?: number | 'p95'
  /** Extra requests, as a share of all. Default 0.05: one extra request for 20 calls at most, so that the first 19 have none. 1: for every call. */
  readonly maxExtra?: number
  /** Of embedding models: they give the same vectors though their names differ. */
  readonly sameVectors?: boolean
}

/**
 * Asks another model as well when a model is slow to begin. Who delivers content first (text, a picture that is done, a piece of sound, the vectors) answers; the other is aborted at once and stands in
 * `attempts`, by a `hedge` notice, with the tokens that it was sent as an estimate. When one fails, the other goes on; when both do, the first one's error is thrown.
 *
 * Calls that pass on tool results, and those with tools that the provider runs, are never asked twice; videos, which take minutes and dollars, have no hedge. Of `maxAttempts` of a `withFallback` around
 * it, both requests count; `withRetry` around it does not know of the second one.
 */
export function withHedge<M extends Exclude<AnyModel, VideoModel>>(
  model: M,
  { to, after = 'p95', maxExtra = 0.05, sameVectors = false }: HedgeOptions<OfKind<M>>,
): OfKind<M> {
  if (!(maxExtra >= 0 && maxExtra <= 1)) throw wrong(`maxExtra is a share from 0 to 1, not ${maxExtra}.`)
  if (after !== 'p95' && !(after >= 0)) throw wrong(`after is a number of milliseconds or 'p95', not ${after}.`)
  const kind = kindOf(model)
  check(kind, kindOf(to))
  if (kind === 'embedding' && !sameVectors) checkSameVectors([model, to] as unknown as EmbeddingModel[])
  const budget = new HedgeBudget(after, maxExtra)
  const fit = fitterOf(model, to)
  const race = (call: AnyCall) => new Hedging({ model, to, call, budget, fit })
  const hedged = rewired(model as AnyModel, {
    parts: (_, call): PartStream => ({ [Symbol.asyncIterator]: () => race(call) }),
    value: (_, call) => race(call).value(),
  })
  const { unfit, circuit, members } = candidateOf(model)
  return asCandidate(hedged, { unfit, circuit, members, alone: model }) as OfKind<M>
}

function check(kind: Kind, other: Kind): void {
  if (kind === 'video') throw wrong('videos have no hedge: the second job would cost as much as the first.')
  if (kind !== other) throw wrong(`to must be a model of the same kind, ${kind}, not ${other}.`)
}

const wrong = (problem: string): AnyModelError => new AnyModelError('invalid-argument', `withHedge: ${problem}`)
