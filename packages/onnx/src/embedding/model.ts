import type { EmbeddingModel } from '@anymodel/core'
import { lastEvent, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'
import type { EmbeddingEvent } from './serve.ts'

/** Texts of one request to the worker. There is no need for a limit: it makes progress visible, and keeps little in memory of a long list. */
const maxBatch = 512

/** An embedding model whose thread is found (and thereby located on disk) at first use. */
export function localEmbedding(id: string, thread: () => Promise<ModelThread>): EmbeddingModel {
  return {
    provider,
    id,
    maxBatch,
    async embed(call) {
      const { embeddings, usage, warnings } = await lastEvent<EmbeddingEvent>({ id, thread, call })
      return { embeddings, usage, warnings }
    },
  }
}
