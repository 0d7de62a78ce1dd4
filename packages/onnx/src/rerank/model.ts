import type { RerankModel } from '@anymodel/core'
import { lastEvent, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'
import type { RerankEvent } from './serve.ts'

/** A cross-encoder whose thread is found (and thereby located on disk) at first use. */
export function localRerank(id: string, thread: () => Promise<ModelThread>): RerankModel {
  return {
    provider,
    id,
    async rerank(call) {
      const { ranking, usage, warnings } = await lastEvent<RerankEvent>({ id, thread, call })
      return { ranking, usage, warnings }
    },
  }
}
