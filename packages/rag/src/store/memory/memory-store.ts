import type { Embedded, Found, Store, StoredDocument, StoreSearch } from '../../contract.ts'
import { checkEmbedded, checkOwner, checkPut, checkSearch, checkVector } from '../check.ts'
import { compareText } from '../compare-text.ts'
import { toCondition } from '../filter/condition.ts'
import { fits } from '../filter/fits.ts'
import { words as defaultWords, type Words } from '../words.ts'
import { chunkRows } from './chunk-rows.ts'

export interface MemoryStoreOptions {
  /** How texts and queries are cut into words. Default `words`. */
  readonly words?: Words
}

/** A store in the memory of this process: exact cosine, BM25 (k1 1.2, b 0.75). It is gone with the process; for tests, and for what is made anew each time. */
export function memoryStore({ words = defaultWords }: MemoryStoreOptions = {}): Store {
  const documents = new Map<string, { readonly document: StoredDocument; readonly rows: readonly number[] }>()
  let held = chunkRows(words)
  let embedded: Embedded | undefined

  const take = (id: string) => {
    for (const row of documents.get(id)?.rows ?? []) held.remove(row)
    documents.delete(id)
    if (!held.vectors()) embedded = undefined
  }
  /** Rows are not used again; once most of them are empty, what is left moves together. */
  const pack = () => {
    if (held.empty() < 1000 || held.empty() < held.byId.size) return
    const old = held
    held = chunkRows(words)
    for (const [id, { document, rows }] of documents) {
      const moved = rows.map((row) => held.add(old.chunk(row), old.vectors()?.get(row)))
      documents.set(id, { document, rows: moved })
    }
  }
  const acceptedBy = ({ filter }: StoreSearch) => {
    const condition = filter && toCondition(filter)
    return (row: number) => !condition || fits(condition, held.chunk(row))
  }
  const found = (rows: { row: number; score: number }[]): Found[] =>
    rows.map(({ row, score }) => ({ chunk: held.chunk(row), score }))

  return {
    name: 'memory',
    async open() {},
    async embedded() {
      return embedded
    },
    async put(document, chunks, vectors, given) {
      checkPut(document, chunks, vectors, given)
      checkEmbedded('memory', embedded, given)
      checkOwner(document.id, chunks.flatMap(({ id }) => held.byId.get(id) ?? []).map(held.chunk))
      const copies = structuredClone({ document, chunks })
      take(document.id)
      if (vectors.some(Boolean)) embedded ??= given && { ...given }
      documents.set(document.id, {
        document: copies.document,
        rows: copies.chunks.map((chunk, i) => held.add(chunk, vectors[i])),
      })
      pack()
    },
    async remove(ids) {
      for (const id of ids) take(id)
      pack()
    },
    async *documents({ prefix = '' } = {}) {
      const all = [...documents.values()].map(({ document }) => document)
      yield* all.filter(({ id }) => id.startsWith(prefix)).sort((a, b) => compareText(a.id, b.id))
    },
    async document(id) {
      return documents.get(id)?.document
    },
    async chunks(ids) {
      return ids.flatMap((id) => held.byId.get(id) ?? []).map(held.chunk)
    },
    async range(documentId, from, to) {
      const all = (documents.get(documentId)?.rows ?? []).map((row) => held.chunk(row))
      return all.filter(({ index }) => index >= from && index < to).sort((a, b) => a.index - b.index)
    },
    async vectorsOf(hashes) {
      const vectors = hashes.map((hash) => [hash, held.vectorOf(hash)] as const)
      return new Map(vectors.flatMap(([hash, vector]) => (vector ? [[hash, vector]] : [])))
    },
    async searchText(query, search) {
      checkSearch(search)
      return found(held.index.search(query, search.limit, acceptedBy(search)))
    },
    async searchVector(vector, search) {
      checkSearch(search)
      const accepts = acceptedBy(search)
      const vectors = held.vectors()
      if (!embedded || !vectors) return []
      checkVector(vector, embedded.dimensions)
      return found(vectors.nearest(vector, search.limit, accepts))
    },
    async stats() {
      return { documents: documents.size, chunks: held.byId.size }
    },
    async close() {},
  }
}
