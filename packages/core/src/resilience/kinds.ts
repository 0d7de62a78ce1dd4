import type { CodeCall, CodeModel } from '../contract/code.ts'
import type { EmbeddingCall, EmbeddingModel } from '../contract/embedding.ts'
import type { ImageCall, ImageModel } from '../contract/image.ts'
import type { RerankCall, RerankModel } from '../contract/rerank.ts'
import type { SpeechCall, SpeechModel } from '../contract/speech.ts'
import type { PartStream, TextCall, TextModel } from '../contract/text.ts'
import type { TranscriptionCall, TranscriptionModel } from '../contract/transcription.ts'
import type { VideoCall, VideoModel } from '../contract/video.ts'

/** The kinds of models: what each is, and what it is asked with. */
export interface Kinds {
  readonly text: { readonly model: TextModel; readonly call: TextCall }
  readonly code: { readonly model: CodeModel; readonly call: CodeCall }
  readonly embedding: { readonly model: EmbeddingModel; readonly call: EmbeddingCall }
  readonly rerank: { readonly model: RerankModel; readonly call: RerankCall }
  readonly image: { readonly model: ImageModel; readonly call: ImageCall }
  readonly speech: { readonly model: SpeechModel; readonly call: SpeechCall }
  readonly transcription: { readonly model: TranscriptionModel; readonly call: TranscriptionCall }
  readonly video: { readonly model: VideoModel; readonly call: VideoCall }
}

export type Kind = keyof Kinds

/** A model of any kind. */
export type AnyModel = Kinds[Kind]['model']

/** The kind of model that `M` is, whatever else it has: what wrappers for models of every kind give. */
export type OfKind<M extends AnyModel> = M extends unknown
  ? { [K in Kind]: M extends Kinds[K]['model'] ? Kinds[K]['model'] : never }[Kind]
  : never

/** Models that answer with one value. */
export type ValueModel = EmbeddingModel | RerankModel

/** Models that answer with events that can't be gone on with. */
export type MediaModel = Exclude<AnyModel, TextModel | ValueModel>

/** What all calls have in common. */
export interface AnyCall {
  readonly tags?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** How a wrapper changes what a model answers, by what the model answers with. */
export interface Rewiring {
  /** Events of all kinds are taken for parts: all have notices and a `finish`, and the rest is passed on. */
  parts?(ask: (call: AnyCall) => PartStream, call: AnyCall): PartStream
  value?(ask: (call: AnyCall) => Promise<unknown>, call: AnyCall): Promise<unknown>
}

/** The one method of each kind: what a model is known by. */
export const methods: Readonly<Record<Kind, string>> = {
  text: 'stream',
  code: 'fill',
  embedding: 'embed',
  rerank: 'rerank',
  image: 'generate',
  speech: 'speak',
  transcription: 'transcribe',
  video: 'film',
}

/** What kind of model it is. */
export const kindOf = (model: AnyModel): Kind =>
  (Object.keys(methods) as Kind[]).find((kind) => methods[kind] in model) ?? 'text'

/** True for kinds that answer with one value. */
export const isValueKind = (kind: Kind): boolean => kind === 'embedding' || kind === 'rerank'

/** What a model answers to a call of its kind. */
export const asked = (model: AnyModel, call: AnyCall): unknown =>
  (model as unknown as { readonly [method: string]: (call: AnyCall) => unknown })[methods[kindOf(model)]]?.(call)

/** A model of the same kind that is asked in another way. Its jobs are gone on with as they are: none is begun anew by that. */
export function rewired<M extends AnyModel>(model: M, { parts, value }: Rewiring): OfKind<M> {
  const kind = kindOf(model)
  const through = isValueKind(kind) ? value : parts
  const ask = (call: AnyCall) => asked(model, call) as never
  const named = model as unknown as Record<string, unknown>
  const kept = ['provider', 'id', 'supports', 'maxBatch', 'resume', 'cancel'].filter((key) => named[key] !== undefined)
  return {
    ...Object.fromEntries(kept.map((key) => [key, named[key]])),
    [methods[kind]]: (call: AnyCall) => through?.(ask, call),
  } as unknown as OfKind<M>
}

const besides: ReadonlySet<string> = new Set(['notice', 'progress', 'preview', 'submitted'])

/** True for what an answer consists of: no notice, nothing that a later event replaces, and no handle of a job that may fail yet. */
export const isContent = ({ type }: { readonly type: string }): boolean => !besides.has(type)
