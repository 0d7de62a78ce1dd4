import type { EmbeddingCall, EmbeddingModel } from '../contract/embedding.ts'
import type { RerankCall, RerankModel } from '../contract/rerank.ts'
import type { PartStream, TextModel } from '../contract/text.ts'
import type { VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { warningNotice } from './attempt-notice.ts'
import { checkSameVectors, sameLength, succeeding } from './fallback-call.ts'
import { fitMedia, mediaSupport, textSupport } from './fallback-support.ts'
import { FallingBack } from './falling-back.ts'
import { jobsOf } from './job-owner.ts'
import {
  type AnyCall,
  type AnyModel,
  asked,
  type Kind,
  kindOf,
  type MediaModel,
  type OfKind,
  rewired,
  type ValueModel,
} from './kinds.ts'
import type { Settings } from './plan.ts'
import { Rest } from './rest.ts'
import { wrap } from './retry.ts'
import { Succession } from './succession.ts'

/** How far a call goes on that failed. */
export interface FailoverOptions {
  /** Upper bound on the requests of one call, to all models and with all retries. Default 6. */
  readonly maxAttempts?: number
  /** How often the same model is asked again after what may pass at once: the network, a server error, a rate limit when there is no other model. Default 1. */
  readonly retries?: number
  /** Longest wait before such a retry, in ms. Default 20,000. */
  readonly maxWait?: number
  /** Milliseconds for which a model that failed is asked after the others (rate limits, server errors, timeouts, keys; the service's own wait counts when it is longer). 0: never. Default 5,000. */
  readonly cooldown?: number
}

export interface FallbackOptions extends FailoverOptions {
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
  /** Keeps the beginning of an answer back, so that one that breaks off early can still be replaced unseen: so many characters of text, or for so long after the first content. */
  readonly hold?: { readonly chars?: number; readonly ms?: number }
}

export interface EmbeddingFallbackOptions extends FailoverOptions {
  /** The models give the same vectors though their names differ. Default: those of one name do (`openai/x` at a router, `x` at its maker), and others are refused. */
  readonly sameVectors?: boolean
}

/** What `withFallback` takes for a kind of models. */
export type FallbackOptionsOf<M extends AnyModel> = M extends TextModel
  ? FallbackOptions
  : M extends EmbeddingModel
    ? EmbeddingFallbackOptions
    : FailoverOptions

/**
 * Asks the first model; when it fails, the next. Until the first content nothing of a failed answer is seen. After that `onBreak` decides. Whatever happens, the reader ends with one whole answer or
 * with an error that has what was delivered; an end that the service did not announce is never taken for one.
 *
 * Every failed attempt is a `retry` or `failover` notice and stands in `attempts` of the result with its usage, which is no part of the result's. Of what a call asks for, models that lack it are passed over.
 * Give models without `withRetry`: there is one owner of retries (those of a model that has its own count). Clocks belong inside: `withFallback([withTimeout(a, clocks), b])`.
 *
 * Pictures, speech, transcripts and completions go on to the next model until the first picture that is done, piece of sound or of text was delivered; what breaks off later is the call's error.
 * Embedding models must be the same model, and a vector of another length is an error: vectors of two models never get into one index unseen.
 */
export function withFallback<M extends AnyModel>(models: readonly M[], options?: FallbackOptionsOf<M>): OfKind<M> {
  const kinds = [...new Set(models.map(kindOf))]
  if (kinds.length !== 1)
    throw new AnyModelError(
      'invalid-argument',
      `withFallback needs at least one model, all of one kind${kinds.length > 1 ? `, not ${kinds.join(' and ')}` : ''}.`,
    )
  return fallbacks[kinds[0] as Kind](models as readonly never[], options ?? {}) as OfKind<M>
}

function textFallback(models: readonly TextModel[], options: FallbackOptions): TextModel {
  const [first] = models as [TextModel]
  const { onContextOverflow: larger = [], onContentFilter: unfiltered = [] } = options
  const { settings, rest } = settle<TextModel>(options, { larger, unfiltered })
  return {
    ...wrap(first),
    supports: textSupport([...models, ...larger, ...unfiltered].map(({ supports }) => supports)),
    stream: (call) => ({ [Symbol.asyncIterator]: () => new FallingBack(models, call, settings, rest) }),
  }
}

const settle = <M>(options: FallbackOptions, lists: Settings<M>['lists'] = { larger: [], unfiltered: [] }) => {
  const { onBreak = 'error', maxAttempts = 6, retries = 1, maxWait = 20_000, hold = {}, cooldown = 5_000 } = options
  const settings: Settings<M> = { onBreak, maxAttempts, retries, maxWait, hold, lists }
  return { settings, rest: new Rest(cooldown) }
}

function embeddingFallback(models: readonly EmbeddingModel[], options: EmbeddingFallbackOptions): EmbeddingModel {
  if (!options.sameVectors) checkSameVectors(models)
  const check = sameLength()
  const batches = models.flatMap(({ maxBatch }) => maxBatch ?? [])
  const ask = async (model: EmbeddingModel, call: AnyCall) => {
    const result = await model.embed(call as EmbeddingCall)
    check(result, (call as EmbeddingCall).dimensions, model)
    return result
  }
  const model = valueFallback(models, options, ask) as EmbeddingModel
  return batches.length > 0 ? { ...model, maxBatch: Math.min(...batches) } : model
}

function valueFallback<M extends ValueModel>(
  models: readonly M[],
  options: FailoverOptions,
  ask: (model: M, call: AnyCall) => Promise<unknown>,
): OfKind<M> {
  const asking = settle<M>(options)
  return rewired(models[0] as M, {
    value: (_, call) => succeeding(models, (model) => ask(model, call), call, asking),
  })
}

function mediaFallback(models: readonly MediaModel[], options: FailoverOptions): MediaModel {
  const asking = settle<MediaModel>(options)
  const supports = mediaSupport(models)
  const ask = (model: MediaModel, call: AnyCall) => {
    const { call: fitted, warnings } = fitMedia(call, model, supports)
    return { stream: asked(model, fitted) as PartStream, warnings: warnings.map(warningNotice) }
  }
  const wired = rewired(models[0] as MediaModel, {
    parts: (_, call) => ({
      [Symbol.asyncIterator]: () => new Succession(models, (model) => ask(model, call), call, asking),
    }),
  })
  return { ...wired, ...('film' in wired && jobsOf(models as readonly VideoModel[])), supports } as MediaModel
}

const fallbacks: Readonly<Record<Kind, (models: readonly never[], options: object) => AnyModel>> = {
  text: textFallback,
  embedding: embeddingFallback,
  rerank: (models: readonly RerankModel[], options) =>
    valueFallback(models, options, (model, call) => model.rerank(call as RerankCall)),
  code: mediaFallback,
  image: mediaFallback,
  speech: mediaFallback,
  transcription: mediaFallback,
  video: mediaFallback,
}
