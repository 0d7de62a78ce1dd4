import {
  type AnyModelError,
  type ArrayStream,
  cancelVideo,
  type DeepPartial,
  type EmbedManyOptions,
  type EmbedManyResult,
  type EmbedOptions,
  type EmbedResult,
  editImage,
  embed,
  embedMany,
  type Given,
  generateImage,
  generateObject,
  generateSpeech,
  generateText,
  generateVideo,
  type ImageEditOptions,
  type ImageOptions,
  type ImageResult,
  type ImageStream,
  type ImageUpscaleOptions,
  type Infer,
  type InferInput,
  type ObjectOptions,
  type ObjectResult,
  type ObjectStream,
  type RerankedResult,
  type RerankOptions,
  rerank,
  resumeVideo,
  type Schema,
  type SpeechOptions,
  type SpeechResult,
  type SpeechStream,
  startVideo,
  streamImage,
  streamImageEdit,
  streamImageUpscale,
  streamObject,
  streamSpeech,
  streamText,
  streamTranscription,
  streamVideo,
  streamVideoJob,
  type TextModel,
  type TextOptions,
  type TextResult,
  type TextStream,
  type Tools,
  type TranscribeOptions,
  type Transcript,
  type TranscriptStream,
  transcribe,
  upscaleImage,
  type VideoJob,
  type VideoJobOptions,
  type VideoOptions,
  type VideoResult,
  type VideoStream,
} from '@anymodel/core'
import type { LoadProgress } from '@anymodel/onnx'
import { type CodeVerbs, codeVerbs } from './code-verbs.ts'
import type { Config } from './config/config.ts'
import { loadConfig } from './config/load.ts'
import { watchFile } from './config/watch.ts'
import { type KnowledgeVerb, knowledgeVerb } from './knowledge-verb.ts'
import type { Kind, Models } from './roles/kinds.ts'
import type { Provider } from './roles/providers.ts'
import { type Snapshot, takeSnapshot } from './roles/snapshot.ts'
import { States } from './roles/states.ts'

/** Options of `anymodel`. */
export interface AnyModelOptions {
  /** Path of a config file, or the config itself. Default: `ANYMODEL_CONFIG`, else the nearest `anymodel.config.*` upward from the working folder, else the built-in local models play `chat`, `embedding` and `image`. */
  readonly config?: string | Config
  /** Follow edits of the config file. Default true. */
  readonly watch?: boolean
  /** Told while a local model loads: enough for a progress bar. */
  readonly onProgress?: (progress: LoadProgress) => void
}

/** The name of a role, `provider/model`, or what core takes: a model, or a function that gives one. */
export type ModelChoice = string | TextOptions['model']

/** Options of `generateText` and `streamText` whose model may be given by name. */
export interface TextOptionsByName<T extends Tools = Tools> extends Omit<TextOptions<T>, 'model'> {
  readonly model: ModelChoice
}

/** Options of `generateObject` and `streamObject` whose model may be given by name. */
export interface ObjectOptionsByName extends Omit<ObjectOptions, 'model'> {
  readonly model: ModelChoice
}

/** Options of a verb whose model may be given by name. */
export type ByName<O extends { readonly model: unknown }> = Omit<O, 'model'> & { readonly model: string | O['model'] }

/** What a client tells its listeners. */
export interface ClientEvents {
  /** An edit of the config counts from now on; requests under way go on with the former one. */
  reload: { readonly file: string }
  /** An edit of the config was broken: the former one stays. */
  error: AnyModelError
}

/** The verbs of `@anymodel/core`, `@anymodel/code` and `@anymodel/rag`, with models by name. A name that leads nowhere is a `config` error of the call. */
export interface AnyModel extends CodeVerbs, KnowledgeVerb {
  generateText<const T extends Tools>(options: TextOptionsByName<T>): Promise<TextResult<T>>
  streamText<const T extends Tools>(options: TextOptionsByName<T>): TextStream<T>
  generateObject<const S extends Schema>(
    options: ObjectOptionsByName & { readonly schema: S },
  ): Promise<ObjectResult<Infer<S>>>
  generateObject<const S extends Schema>(
    options: ObjectOptionsByName & { readonly array: S },
  ): Promise<ObjectResult<Infer<S>[]>>
  generateObject<const C extends string>(
    options: ObjectOptionsByName & { readonly choice: readonly C[] },
  ): Promise<ObjectResult<C>>
  streamObject<const S extends Schema>(
    options: ObjectOptionsByName & { readonly schema: S },
  ): ObjectStream<Infer<S>, DeepPartial<InferInput<S>>>
  streamObject<const S extends Schema>(
    options: ObjectOptionsByName & { readonly array: S },
  ): ArrayStream<Infer<S>, DeepPartial<InferInput<S>>>
  streamObject<const C extends string>(
    options: ObjectOptionsByName & { readonly choice: readonly C[] },
  ): ObjectStream<C, C>
  embed(options: ByName<EmbedOptions>): Promise<EmbedResult>
  embedMany(options: ByName<EmbedManyOptions>): Promise<EmbedManyResult>
  rerank(options: ByName<RerankOptions>): Promise<RerankedResult>
  generateImage(options: ByName<ImageOptions>): Promise<ImageResult>
  streamImage(options: ByName<ImageOptions>): ImageStream
  editImage(options: ByName<ImageEditOptions>): Promise<ImageResult>
  streamImageEdit(options: ByName<ImageEditOptions>): ImageStream
  upscaleImage(options: ByName<ImageUpscaleOptions>): Promise<ImageResult>
  streamImageUpscale(options: ByName<ImageUpscaleOptions>): ImageStream
  generateSpeech(options: ByName<SpeechOptions>): Promise<SpeechResult>
  streamSpeech(options: ByName<SpeechOptions>): SpeechStream
  transcribe(options: ByName<TranscribeOptions>): Promise<Transcript>
  streamTranscription(options: ByName<TranscribeOptions>): TranscriptStream
  generateVideo(options: ByName<VideoOptions>): Promise<VideoResult>
  streamVideo(options: ByName<VideoOptions>): VideoStream
  startVideo(options: ByName<VideoOptions>): Promise<VideoJob>
  resumeVideo(options: ByName<VideoJobOptions>): Promise<VideoResult>
  streamVideoJob(options: ByName<VideoJobOptions>): VideoStream
  cancelVideo(options: ByName<VideoJobOptions>): Promise<void>
  /** The text model that plays a role now, with the role's defaults, clocks and retries: for functions that take a model. Rejects with `config` for a name that leads nowhere. */
  model(name: string): Promise<TextModel>
  /** Listens; gives what ends it. Broken edits that nobody listens for are process warnings. */
  on<E extends keyof ClientEvents>(event: E, listener: (about: ClientEvents[E]) => void): () => void
  /** Stops following the config file and frees local models. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Reads the config and gives a client. No provider's code and no model is loaded before its first request. Rejects with `config`. */
export async function anymodel(options: AnyModelOptions = {}): Promise<AnyModel> {
  const surroundings = { onProgress: options.onProgress, opened: new Map<string, Provider>(), states: new States() }
  const config = await loadConfig(options.config)
  let current = takeSnapshot(config, surroundings)

  const events = eventTarget()
  const reload = async (file: string): Promise<void> => {
    try {
      current = takeSnapshot(await loadConfig(file), surroundings)
    } catch (error) {
      return events.tell('error', error as AnyModelError)
    }
    events.tell('reload', { file })
  }
  const { file } = config
  const unwatch = file === undefined || options.watch === false ? undefined : watchFile(file, () => void reload(file))
  const close = async (): Promise<void> => {
    unwatch?.()
    await Promise.all([...surroundings.opened.values()].map((provider) => provider.close?.()))
    await surroundings.states.close()
  }

  return {
    ...verbs(() => current),
    ...codeVerbs(() => current),
    ...knowledgeVerb(() => current),
    model: (name) => current.model(name),
    on: events.on,
    close,
    [Symbol.asyncDispose]: close,
  }
}

type Verb = Exclude<
  keyof AnyModel,
  keyof CodeVerbs | keyof KnowledgeVerb | 'model' | 'on' | 'close' | typeof Symbol.asyncDispose
>

/** The core's verbs, with models looked up by name when a call begins. A call keeps the config of the moment it was made. */
function verbs(now: () => Snapshot): Pick<AnyModel, Verb> {
  const named = <O extends { readonly model: ModelChoice }>({ model, ...options }: O) => {
    const snapshot = now()
    return { ...options, model: typeof model === 'string' ? () => snapshot.model(model) : model }
  }
  const given = <K extends Kind>(kind: K, model: string | Given<Models[K]>): Given<Models[K]> => {
    const snapshot = now()
    return typeof model === 'string' ? () => snapshot.modelOf(kind, model) : model
  }
  return {
    generateText: (options) => generateText(named(options)),
    streamText: (options) => streamText(named(options)),
    embed: (options) => embed({ ...options, model: given('embedding', options.model) }),
    embedMany: (options) => embedMany({ ...options, model: given('embedding', options.model) }),
    rerank: (options) => rerank({ ...options, model: given('rerank', options.model) }),
    generateImage: (options) => generateImage({ ...options, model: given('image', options.model) }),
    streamImage: (options) => streamImage({ ...options, model: given('image', options.model) }),
    editImage: (options) => editImage({ ...options, model: given('image', options.model) }),
    streamImageEdit: (options) => streamImageEdit({ ...options, model: given('image', options.model) }),
    upscaleImage: (options) => upscaleImage({ ...options, model: given('image', options.model) }),
    streamImageUpscale: (options) => streamImageUpscale({ ...options, model: given('image', options.model) }),
    generateSpeech: (options) => generateSpeech({ ...options, model: given('speech', options.model) }),
    streamSpeech: (options) => streamSpeech({ ...options, model: given('speech', options.model) }),
    transcribe: (options) => transcribe({ ...options, model: given('transcription', options.model) }),
    streamTranscription: (options) => streamTranscription({ ...options, model: given('transcription', options.model) }),
    generateVideo: (options) => generateVideo({ ...options, model: given('video', options.model) }),
    streamVideo: (options) => streamVideo({ ...options, model: given('video', options.model) }),
    startVideo: (options) => startVideo({ ...options, model: given('video', options.model) }),
    resumeVideo: (options) => resumeVideo({ ...options, model: given('video', options.model) }),
    streamVideoJob: (options) => streamVideoJob({ ...options, model: given('video', options.model) }),
    cancelVideo: (options) => cancelVideo({ ...options, model: given('video', options.model) }),
    // The overloads say what goes with what; here it is only handed on.
    generateObject: (options: ObjectOptionsByName) => generateObject(named(options) as never) as never,
    streamObject: (options: ObjectOptionsByName) => streamObject(named(options) as never) as never,
  }
}

/** Listeners, and what tells them. */
function eventTarget() {
  const listeners = { reload: new Set<(about: never) => void>(), error: new Set<(about: never) => void>() }
  return {
    on<E extends keyof ClientEvents>(event: E, listener: (about: ClientEvents[E]) => void): () => void {
      listeners[event].add(listener)
      return () => listeners[event].delete(listener)
    },
    tell<E extends keyof ClientEvents>(event: E, about: ClientEvents[E]): void {
      const isUnheard = about instanceof Error && listeners.error.size === 0
      for (const listener of listeners[event]) listener(about as never)
      if (isUnheard) process.emitWarning(`${about.message} The former config stays.`, 'AnyModelWarning')
    },
  }
}
