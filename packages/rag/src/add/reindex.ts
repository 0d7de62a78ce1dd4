import type { EmbeddingModel } from '@anymodel/core'
import type { Store, StoredChunk, StoredDocument } from '../contract.ts'
import { withModel } from './add-documents.ts'
import { embedChunks, nameOf } from './embed-chunks.ts'
import type { Tally } from './report.ts'

export interface Reindexing {
  readonly store: Store
  readonly model: EmbeddingModel
  readonly concurrency: number
  readonly tally: Tally
  readonly signal: AbortSignal | undefined
}

/**
 * Embeds what a store holds with another model, from the chunks that are there. First the old vectors go, then the new ones come, document by document: search by words works all the time, and a run that died goes on
 * where it was.
 */
export async function reindex(task: Reindexing): Promise<void> {
  const { store, model, signal } = task
  const held = await store.embedded()
  if (held && held.model !== nameOf(model)) {
    for (const id of await idsOf(store)) {
      signal?.throwIfAborted()
      const { document, chunks } = await read(store, id)
      if (document)
        await store.put(
          { ...document, hash: withModel(document.hash, undefined) },
          chunks,
          chunks.map(() => undefined),
        )
    }
  }
  for (const id of await idsOf(store)) {
    signal?.throwIfAborted()
    await embedAgain(id, task)
  }
}

async function embedAgain(id: string, { store, model, concurrency, tally, signal }: Reindexing): Promise<void> {
  const { document, chunks } = await read(store, id)
  if (!document) return
  const hash = withModel(document.hash, model)
  if (document.hash === hash) return tally.tell(id, 'unchanged')
  const { vectors, embedded, asked, usage } = await embedChunks(chunks, { model, store, concurrency, signal })
  await store.put({ ...document, hash }, chunks, vectors, embedded)
  tally.count(chunks.length, asked, usage)
  tally.tell(id, 'added')
}

/** Taken first: a store need not list its documents while they are replaced. */
async function idsOf(store: Store): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of store.documents()) ids.push(id)
  return ids
}

interface Read {
  readonly document: StoredDocument | undefined
  readonly chunks: readonly StoredChunk[]
}

async function read(store: Store, id: string): Promise<Read> {
  const document = await store.document(id)
  return { document, chunks: document ? await store.range(id, 0, document.chunks) : [] }
}
