import { AnyModelError } from '@anymodel/core'
import type { Embedded, StoredChunk, StoredDocument, StoreSearch } from '../contract.ts'

/** Throws `invalid-argument` unless the parts of a `put` belong together. */
export function checkPut(
  document: StoredDocument,
  chunks: readonly StoredChunk[],
  vectors: readonly (Float32Array | undefined)[],
  embedded: Embedded | undefined,
) {
  if (!document.id) throw wrong('A document needs an id.')
  if (vectors.length !== chunks.length) throw wrong(`There are ${chunks.length} chunks and ${vectors.length} vectors.`)
  if (document.chunks !== chunks.length)
    throw wrong(`The document "${document.id}" speaks of ${document.chunks} chunks, and there are ${chunks.length}.`)
  const ids = new Set<string>()
  for (const [i, chunk] of chunks.entries()) {
    if (chunk.documentId !== document.id)
      throw wrong(`The chunk "${chunk.id}" belongs to "${chunk.documentId}", not to "${document.id}".`)
    if (!chunk.id || ids.has(chunk.id)) throw wrong(`The id "${chunk.id}" of a chunk is empty or there twice.`)
    ids.add(chunk.id)
    const vector = vectors[i]
    if (!vector) continue
    if (chunk.isParent) throw wrong(`The chunk "${chunk.id}" is a parent: it has no vector.`)
    if (!embedded) throw wrong('Vectors need "embedded": the model that they come from.')
    checkVector(vector, embedded.dimensions)
  }
}

/** Throws `config` when a store holds vectors of another model. */
export function checkEmbedded(name: string, held: Embedded | undefined, given: Embedded | undefined) {
  if (!held || !given || (held.model === given.model && held.dimensions === given.dimensions)) return
  throw new AnyModelError(
    'config',
    `The store "${name}" holds vectors of ${held.model} (${held.dimensions} numbers), which can't be compared with those of ${given.model} (${given.dimensions} numbers). Go on with ${held.model}, or add all documents to a new store, or remove all of them from this one first.`,
  )
}

/** Throws `invalid-argument` when ids of chunks are taken by another document. `there` are the chunks of the store with these ids. */
export function checkOwner(documentId: string, there: readonly Pick<StoredChunk, 'id' | 'documentId'>[]) {
  const taken = there.find((chunk) => chunk.documentId !== documentId)
  if (taken) throw wrong(`The id "${taken.id}" of a chunk is taken by a chunk of the document "${taken.documentId}".`)
}

/** Throws `invalid-argument` unless a vector has so many numbers, all of them finite. */
export function checkVector(vector: Float32Array, dimensions: number) {
  if (vector.length !== dimensions)
    throw wrong(
      `The vector has ${vector.length} numbers, and those of this store have ${dimensions}: embed with the same model.`,
    )
  if (!vector.every(Number.isFinite)) throw wrong('The vector has numbers that are not finite.')
}

/** Throws for a search that was aborted (with the reason) or has no sensible limit (`invalid-argument`). */
export function checkSearch({ limit, signal }: StoreSearch) {
  signal?.throwIfAborted()
  if (!Number.isSafeInteger(limit) || limit < 0) throw wrong(`"limit" is ${limit}: it must be a whole number from 0.`)
}

const wrong = (message: string) => new AnyModelError('invalid-argument', message)
