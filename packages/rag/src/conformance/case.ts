import assert from 'node:assert/strict'
import { type ErrorCode, isAnyModelError } from '@anymodel/core'
import type { Embedded, Found, Metadata, Store, StoredChunk, StoredDocument } from '../contract.ts'

/** Where a store keeps what it is given, empty at first. */
export interface StorePlace {
  /** A store over what is kept there; each call gives one that shares nothing with the others but the place (a store in memory: always itself). */
  store(): Store
  /** Takes away what is there. */
  remove?(): Promise<void>
}

/** One behaviour that stores must have. The stores that `open` gave are closed after it. */
export interface StoreCase {
  readonly name: string
  run(open: () => Promise<Store>): Promise<void>
}

export const embedded: Embedded = { model: 'test/vectors', dimensions: 8 }

/** What a chunk of a test is made from. */
export interface ChunkInput extends Partial<Omit<StoredChunk, 'documentId' | 'index'>> {
  readonly text: string
  readonly vector?: Float32Array
}

interface PutInput {
  readonly document: StoredDocument
  readonly chunks: readonly StoredChunk[]
  readonly vectors: readonly (Float32Array | undefined)[]
}

/** A document with its chunks; what is not given is made up. */
export function documentOf(id: string, inputs: readonly ChunkInput[], metadata: Metadata = {}): PutInput {
  let start = 0
  const chunks = inputs.map(({ vector: _, ...input }, index): StoredChunk => {
    const from = start
    start += input.text.length
    const made = {
      id: `${id}#${index}`,
      hash: `hash of ${input.text}`,
      start: from,
      end: start,
      headings: [],
      metadata,
    }
    return { ...made, ...input, documentId: id, index }
  })
  return {
    document: { id, hash: `hash of ${id}`, chunks: chunks.length, metadata, added: '2026-01-02T03:04:05.678Z' },
    chunks,
    vectors: inputs.map(({ vector }) => vector),
  }
}

/** Puts a document whose chunks are given by their texts or in full. */
export async function put(store: Store, id: string, inputs: readonly (string | ChunkInput)[], metadata?: Metadata) {
  const full = inputs.map((input) => (typeof input === 'string' ? { text: input } : input))
  const { document, chunks, vectors } = documentOf(id, full, metadata)
  await store.put(document, chunks, vectors, vectors.some(Boolean) ? embedded : undefined)
  return { document, chunks, vectors }
}

export const idsOf = (found: readonly Found[]) => found.map(({ chunk }) => chunk.id)

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** Rejects with an error of this code, whose text says this. */
export async function refused(promise: Promise<unknown>, code: ErrorCode, says = /./): Promise<void> {
  const error = await promise.then(
    () => assert.fail(`it must reject with ${code}`),
    (thrown: unknown) => thrown,
  )
  assert.ok(isAnyModelError(error), `it must reject with an AnyModelError, not with ${error}`)
  assert.equal(error.code, code)
  assert.match(error.message, says)
}

/** The same numbers from 0 to 1 in every run. */
export function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export const randomVector = (random: () => number): Float32Array =>
  Float32Array.from({ length: embedded.dimensions }, () => random() * 2 - 1)

/** The same vectors, but for what is lost when their lengths are kept apart. */
export function sameVectors(found: ReadonlyMap<string, Float32Array>, wanted: ReadonlyMap<string, Float32Array>): void {
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort())
  for (const [hash, vector] of wanted) {
    const length = Math.hypot(...vector)
    const given = found.get(hash) as Float32Array
    assert.equal(given.length, vector.length)
    for (const [i, x] of vector.entries()) assert.ok(Math.abs((given[i] as number) - x) <= length * 1e-6)
  }
}
