import type { StoredChunk } from '../../contract.ts'
import { searchedText } from '../searched-text.ts'
import type { Words } from '../words.ts'
import { type VectorRows, vectorRows } from './vector-rows.ts'
import { type WordIndex, wordIndex } from './word-index.ts'

/** Chunks by row, with what finds them. A row is not used again after its chunk was removed. */
export interface ChunkRows {
  readonly index: WordIndex
  /** Row by id of the chunk. */
  readonly byId: ReadonlyMap<string, number>
  /** `undefined` as long as no chunk has a vector. */
  vectors(): VectorRows | undefined
  chunk(row: number): StoredChunk
  add(chunk: StoredChunk, vector: Float32Array | undefined): number
  remove(row: number): void
  /** Of a chunk with this hash. */
  vectorOf(hash: string): Float32Array | undefined
  /** How many rows have lost their chunk. */
  empty(): number
}

export function chunkRows(words: Words): ChunkRows {
  const chunks: (StoredChunk | undefined)[] = []
  const byId = new Map<string, number>()
  const byHash = new Map<string, number[]>()
  const index = wordIndex(words)
  let vectors: VectorRows | undefined
  return {
    index,
    byId,
    vectors: () => vectors,
    chunk: (row) => chunks[row] as StoredChunk,
    add(chunk, vector) {
      const row = chunks.push(chunk) - 1
      byId.set(chunk.id, row)
      byHash.set(chunk.hash, [...(byHash.get(chunk.hash) ?? []), row])
      index.add(row, searchedText(chunk))
      if (vector) {
        vectors ??= vectorRows(vector.length)
        vectors.set(row, vector)
      }
      return row
    },
    remove(row) {
      const chunk = chunks[row] as StoredChunk
      index.remove(row, searchedText(chunk))
      byId.delete(chunk.id)
      const others = (byHash.get(chunk.hash) ?? []).filter((each) => each !== row)
      if (others.length > 0) byHash.set(chunk.hash, others)
      else byHash.delete(chunk.hash)
      vectors?.clear(row)
      if (vectors?.count() === 0) vectors = undefined
      chunks[row] = undefined
    },
    vectorOf: (hash) => {
      const row = byHash.get(hash)?.find((each) => vectors?.has(each))
      return row === undefined ? undefined : vectors?.get(row)
    },
    empty: () => chunks.length - byId.size,
  }
}
