import type {
  CodeModel,
  EmbeddingModel,
  ImageModel,
  RerankModel,
  SpeechModel,
  TextModel,
  TranscriptionModel,
  VideoModel,
} from '@anymodel/core'

/** The kinds of models, by the method of a provider that gives one. */
export interface Models {
  text: TextModel
  code: CodeModel
  embedding: EmbeddingModel
  rerank: RerankModel
  image: ImageModel
  speech: SpeechModel
  transcription: TranscriptionModel
  video: VideoModel
}

export type Kind = keyof Models

export type AnyKindOfModel = Models[Kind]

/** The one method of each kind: what a model made by hand is known by. */
const methods: Readonly<Record<Kind, string>> = {
  text: 'stream',
  code: 'fill',
  embedding: 'embed',
  rerank: 'rerank',
  image: 'generate',
  speech: 'speak',
  transcription: 'transcribe',
  video: 'film',
}

export const kinds = Object.keys(methods) as Kind[]

/** Arrays have a method `fill` of their own. */
const isFunctionOf = (value: unknown, name: string): boolean =>
  !Array.isArray(value) && typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function'

/** True for a model made by hand, of any kind. */
export const isModel = (value: unknown): value is AnyKindOfModel => kinds.some((kind) => isOfKind(value, kind))

export const isOfKind = <K extends Kind>(value: unknown, kind: K): value is Models[K] =>
  isFunctionOf(value, methods[kind])

/** What people call a model that a config names, or that was made by hand. */
export function nameOf(model: AnyKindOfModel | { readonly provider: string; readonly id: string }): string {
  const name = `${model.provider}/${model.id}`
  const kind = kinds.find((kind) => isOfKind(model, kind))
  return kind === undefined ? name : `a ${kind} model made by hand (${name})`
}
