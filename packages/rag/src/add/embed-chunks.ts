import { type EmbeddingModel, embedMany, type Usage } from '@anymodel/core'
import type { Embedded, Store, StoredChunk } from '../contract.ts'
import { embeddedText } from './prepare.ts'

export interface EmbeddedChunks {
  /** `vectors[i]` belongs to `chunks[i]`; parents and chunks without a word have none. */
  readonly vectors: readonly (Float32Array | undefined)[]
  readonly embedded?: Embedded
  /** How many texts the model was asked for. */
  readonly asked: number
  readonly usage: Usage
}

export interface EmbedChunksOptions {
  readonly model: EmbeddingModel
  readonly store: Pick<Store, 'vectorsOf' | 'embedded'>
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
}

/** Provider and id: what tells whether two vectors can be compared. */
export const nameOf = ({ provider, id }: EmbeddingModel): string => `${provider}/${id}`

/** The vectors of chunks: those that the store has for the same text are taken from there, equal texts are embedded once. */
export async function embedChunks(
  chunks: readonly StoredChunk[],
  { model, store, concurrency, signal }: EmbedChunksOptions,
): Promise<EmbeddedChunks> {
  const name = nameOf(model)
  const texts = new Map(
    chunks
      .filter((chunk) => !chunk.isParent && embeddedText(chunk).trim() !== '')
      .map((chunk) => [chunk.hash, embeddedText(chunk)]),
  )
  const isSame = (await store.embedded())?.model === name
  const known = new Map(isSame ? await store.vectorsOf([...texts.keys()]) : [])
  const missing = [...texts].filter(([hash]) => !known.has(hash))
  const { embeddings, usage } = await embedMany({
    model,
    values: missing.map(([, text]) => text),
    purpose: 'document',
    concurrency,
    ...(signal ? { signal } : {}),
  })
  for (const [at, [hash]] of missing.entries()) known.set(hash, embeddings[at] as Float32Array)
  const vectors = chunks.map(({ hash, isParent }) => (isParent ? undefined : known.get(hash)))
  const dimensions = vectors.find((vector) => vector !== undefined)?.length
  return {
    vectors,
    asked: missing.length,
    usage,
    ...(dimensions === undefined ? {} : { embedded: { model: name, dimensions } }),
  }
}
