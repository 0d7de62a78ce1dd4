import { AnyModelError, type EmbeddingModel } from '@anymodel/core'
import type { Store } from '../contract.ts'
import { nameOf } from './embed-chunks.ts'

/** Throws `config` when a store holds vectors of another model than this one: comparing them would find nonsense. */
export async function checkModel(store: Store, model: EmbeddingModel | undefined): Promise<void> {
  if (!model) return
  const held = await store.embedded()
  if (!held || held.model === nameOf(model)) return
  throw new AnyModelError(
    'config',
    `The store "${store.name}" holds vectors of ${held.model}, and the embedding model is now ${nameOf(model)}: they can't be compared. Go on with ${held.model}, or call reindex() (anymodel index --reindex) to embed everything anew.`,
  )
}
