import type { EmbeddingModel, RerankModel, TextModel } from '@anymodel/core'
import { localEmbedding } from './embedding/model.ts'
import { locate, type Places } from './names.ts'
import { localRerank } from './rerank/model.ts'
import type { LoadStep } from './runtime/load-step.ts'
import type { RuntimeOptions } from './runtime/session.ts'
import { localText } from './text/model.ts'
import type { Kind } from './thread/served.ts'
import { ModelThread } from './thread/thread.ts'

/** How far a model is with loading. */
export interface LoadProgress extends LoadStep {
  /** The id that the model was asked for with. */
  readonly model: string
}

export interface OnnxOptions extends Places, RuntimeOptions {
  /** Told while a model loads, at its first use: enough for a progress bar. */
  readonly onProgress?: (progress: LoadProgress) => void
}

/** Local models, run by this process. */
export interface Onnx {
  /**
   * A text model: `npm:@anymodel/model-x`, `dir:./models/x`, or the bare name of a folder in `dir` or of a package `@anymodel/model-<name>`; `:q4` and the like choose the
   * precision, else the most exact file there is. Nothing is read before the first request; a model is loaded once for all its users.
   */
  text(id: string): TextModel
  /** A model that turns texts into vectors, named in the same way. */
  embedding(id: string): EmbeddingModel
  /** A cross-encoder that orders documents by a query, named in the same way. */
  rerank(id: string): RerankModel
  /** Frees all models; requests under way fail with `aborted`. A later request loads its model again. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Models from ONNX files, each in a worker thread. A folder that can't be used is a `config` error of the first request. */
export function onnx(options: OnnxOptions = {}): Onnx {
  const threads = new Map<string, ModelThread>()
  const { onProgress } = options
  const runtime: RuntimeOptions = { threads: options.threads }
  const threadOf = (kind: Kind, id: string) => async (): Promise<ModelThread> => {
    const location = locate(id, options)
    const key = `${kind}:${location.folder}:${location.dtype ?? ''}`
    const known = threads.get(key)
    if (known) return known
    const thread = new ModelThread(kind, location, runtime, (step) => onProgress?.({ model: id, ...step }))
    threads.set(key, thread)
    return thread
  }
  const close = async (): Promise<void> => {
    await Promise.all([...threads.values()].map((thread) => thread.close()))
  }
  return {
    text: (id) => localText(id, threadOf('text', id)),
    embedding: (id) => localEmbedding(id, threadOf('embedding', id)),
    rerank: (id) => localRerank(id, threadOf('rerank', id)),
    close,
    [Symbol.asyncDispose]: close,
  }
}
