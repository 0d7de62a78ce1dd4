import {
  AnyModelError,
  type CodeModel,
  type EmbeddingModel,
  type ImageModel,
  type RerankModel,
  type SpeechModel,
  type TextModel,
  type TranscriptionModel,
} from '@anymodel/core'
import { localEmbedding } from './embedding/model.ts'
import type { DownloadStep } from './hub/download-model.ts'
import { localImage } from './image/model.ts'
import { type Location, type Places, resolveModel } from './names.ts'
import { localRerank } from './rerank/model.ts'
import type { LoadStep } from './runtime/load-step.ts'
import type { ExecutionProvider } from './runtime/session.ts'
import { localSpeech } from './speech/model.ts'
import { localCode } from './text/code-model.ts'
import { localText } from './text/model.ts'
import type { TextStats } from './text/scheduler.ts'
import { roomWithin } from './thread/room.ts'
import type { EngineOptions, Kind } from './thread/served.ts'
import { ModelThread, type ThreadStats } from './thread/thread.ts'
import { type LocalTranscriptionOptions, localTranscription } from './transcription/model.ts'
import { localVoiceActivity, type VoiceActivityModel } from './voice-activity/model.ts'

/** How far a model is with loading: a model of the hub is downloaded before it is read. */
export interface LoadProgress extends Omit<LoadStep, 'stage'> {
  readonly stage: LoadStep['stage'] | DownloadStep['stage']
  /** The id that the model was asked for with. */
  readonly model: string
}

export interface OnnxOptions extends Places, EngineOptions {
  /**
   * Bytes that loaded models may take together, each counted as twice the size of its weights' files and 128 MB; what texts under way take (`cacheMemory`) comes on top. Before a model is loaded, those without
   * requests are closed, least recently used first; one that does not fit then is a `config` error. Default: no limit.
   */
  readonly maxMemory?: number | undefined
  /** Told while a model loads, at its first use: enough for a progress bar. */
  readonly onProgress?: (progress: LoadProgress) => void
}

/** A model that was asked for, and its numbers. */
export interface ModelStats extends Omit<ThreadStats, 'details'> {
  /** Of a text model that is loaded. */
  readonly text?: LoadedTextStats
}

/** Numbers of a text model since it was loaded, and what computes. */
export interface LoadedTextStats extends TextStats {
  readonly executionProvider: ExecutionProvider
}

/** Local models, run by this process. */
export interface Onnx {
  /**
   * A text model: `npm:@anymodel/model-x`, `dir:./models/x`, `hf:org/repo`, which is downloaded once (whoever asked may leave, `close` ends it), or the bare name of a folder in `dir` or of a package `@anymodel/model-<name>`; `:q4` and the like choose the
   * precision, else the most exact file there is. Nothing is read before the first request; a model is loaded once for all its users.
   */
  text(id: string): TextModel
  /**
   * The same models, filling gaps in code by a prompt with the markers of their family, each of them one token. A model that lacks the markers fails with `unsupported` at the first request: give its text model to
   * `completeCode`, which then asks in a chat.
   */
  code(id: string): CodeModel
  /** A model that turns texts into vectors, named in the same way. */
  embedding(id: string): EmbeddingModel
  /** A cross-encoder that orders documents by a query, named in the same way. */
  rerank(id: string): RerankModel
  /** A diffusion model in the Stable Diffusion layout, named in the same way: it draws. */
  image(id: string): ImageModel
  /** A whisper model: it writes down what is spoken. */
  transcription(id: string, options?: LocalTranscriptionOptions): TranscriptionModel
  /** A voice that speaks: Piper's (a folder with `voice.onnx` and `voice.onnx.json`) or Kokoro's. */
  speech(id: string): SpeechModel
  /** Silero's detector: it tells where in a recording somebody speaks. */
  voiceActivity(id: string): VoiceActivityModel
  /** Numbers of every model that was asked for; what a model counts begins anew when it is loaded again. */
  stats(): Promise<readonly ModelStats[]>
  /** Frees all models; requests under way fail with `aborted`. A later request loads its model again. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Models from ONNX files, each in a worker thread. A folder that can't be used is a `config` error of the first request. */
export function onnx(options: OnnxOptions = {}): Onnx {
  const threads = new Map<string, ModelThread>()
  checkNumbers(options)
  const { onProgress, maxMemory, threads: computing, executionProviders, parallel, cacheMemory } = options
  const runtime: EngineOptions = { threads: computing, executionProviders, parallel, cacheMemory }
  const room = maxMemory === undefined ? undefined : roomWithin(maxMemory, () => threads.values())
  const places = new Map<string, Promise<Location>>()
  let downloads = new AbortController()
  const find = (id: string): Promise<Location> => {
    const known = places.get(id)
    if (known) return known
    const onStep = ({ stage, bytes, totalBytes }: DownloadStep) =>
      onProgress?.({ model: id, stage, fraction: bytes / totalBytes, bytes, totalBytes })
    const finding = resolveModel(id, options, { onStep, signal: downloads.signal })
    places.set(id, finding)
    finding.catch(() => places.delete(id))
    return finding
  }
  const threadOf = (kind: Kind, id: string) => async (): Promise<ModelThread> => {
    const location = await find(id)
    const key = `${kind}:${location.folder}:${location.dtype ?? ''}`
    const known = threads.get(key)
    if (known) return known
    const onStep = (step: LoadStep) => onProgress?.({ model: id, ...step })
    const thread = new ModelThread(kind, location, { runtime, room, onStep })
    threads.set(key, thread)
    return thread
  }
  const close = async (): Promise<void> => {
    downloads.abort(new AnyModelError('aborted', 'The local models were closed while one was downloaded.'))
    downloads = new AbortController()
    await Promise.all([...threads.values()].map((thread) => thread.close()))
  }
  const stats = async (): Promise<readonly ModelStats[]> =>
    Promise.all(
      [...threads.values()].map(async (thread) => {
        const { details, ...about } = await thread.stats()
        return about.kind === 'text' && details ? { ...about, text: details as LoadedTextStats } : about
      }),
    )
  return {
    text: (id) => localText(id, threadOf('text', id)),
    code: (id) => localCode(id, threadOf('text', id)),
    embedding: (id) => localEmbedding(id, threadOf('embedding', id)),
    rerank: (id) => localRerank(id, threadOf('rerank', id)),
    image: (id) => localImage(id, threadOf('image', id)),
    transcription: (id, { voiceActivity } = {}) =>
      localTranscription(
        id,
        threadOf('transcription', id),
        voiceActivity === undefined ? undefined : async () => (await find(voiceActivity)).folder,
      ),
    speech: (id) => localSpeech(id, threadOf('speech', id)),
    voiceActivity: (id) => localVoiceActivity(id, threadOf('voice-activity', id)),
    stats,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function checkNumbers({ parallel, cacheMemory, maxMemory }: OnnxOptions): void {
  const check = (name: string, value: number | undefined, fits: (value: number) => boolean, range: string): void => {
    if (value !== undefined && !fits(value))
      throw new AnyModelError('invalid-argument', `${name} must be ${range}, not ${String(value)}.`)
  }
  check('parallel', parallel, (n) => Number.isInteger(n) && n >= 1, 'a whole number above 0')
  check('cacheMemory', cacheMemory, (n) => n >= 0, 'a number of bytes, 0 or more')
  check('maxMemory', maxMemory, (n) => n > 0, 'a number of bytes above 0')
}
