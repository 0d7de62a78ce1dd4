import type { CodeModel } from '../contract/code.ts'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { ImageModel } from '../contract/image.ts'
import type { RerankModel } from '../contract/rerank.ts'
import type { SpeechModel } from '../contract/speech.ts'
import type { PartStream, TextModel } from '../contract/text.ts'
import type { TranscriptionModel } from '../contract/transcription.ts'
import type { VideoModel } from '../contract/video.ts'

/** Models that answer with one value. */
export type ValueModel = EmbeddingModel | RerankModel

/** Models that answer with events that can't be gone on with. */
export type MediaModel = CodeModel | ImageModel | SpeechModel | TranscriptionModel | VideoModel

/** Models that answer with events. */
type EventModel = TextModel | MediaModel

export type AnyModel = ValueModel | EventModel

/** What all calls have in common. */
export interface AnyCall {
  readonly signal?: AbortSignal
}

/** How a wrapper changes what a model answers, by what the model answers with. */
export interface Rewiring {
  /** Events of all kinds are taken for parts: all have notices and a `finish`, and the rest is passed on. */
  parts?(ask: (call: AnyCall) => PartStream, call: AnyCall): PartStream
  value?(ask: (call: AnyCall) => Promise<unknown>, call: AnyCall): Promise<unknown>
}

const ofEvents = ['stream', 'fill', 'generate', 'speak', 'transcribe', 'film']

/** The one method of a model. */
const methodOf = (model: AnyModel): string =>
  ofEvents.find((name) => name in model) ?? ('embed' in model ? 'embed' : 'rerank')

/** What a model answers to a call of its kind. */
export const asked = (model: AnyModel, call: AnyCall): unknown =>
  (model as unknown as { readonly [method: string]: (call: AnyCall) => unknown })[methodOf(model)]?.(call)

/** A model of the same kind that is asked in another way. Its jobs are gone on with as they are: none is begun anew by that. */
export function rewired<M extends AnyModel>(model: M, { parts, value }: Rewiring): M {
  const method = methodOf(model)
  const through = ofEvents.includes(method) ? parts : value
  const ask = (call: AnyCall) => asked(model, call) as never
  const named = model as unknown as Record<string, unknown>
  const kept = ['provider', 'id', 'supports', 'maxBatch', 'resume', 'cancel'].filter((key) => named[key] !== undefined)
  return {
    ...Object.fromEntries(kept.map((key) => [key, named[key]])),
    [method]: (call: AnyCall) => through?.(ask, call),
  } as unknown as M
}

const besides: ReadonlySet<string> = new Set(['notice', 'progress', 'preview', 'submitted'])

/** True for what an answer consists of: no notice, nothing that a later event replaces, and no handle of a job that may fail yet. */
export const isContent = ({ type }: { readonly type: string }): boolean => !besides.has(type)
