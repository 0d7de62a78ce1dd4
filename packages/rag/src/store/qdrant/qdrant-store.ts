import type { Found, Store, StoreSearch } from '../../contract.ts'
import { checkPut, checkSearch, checkVector } from '../check.ts'
import { compareText } from '../compare-text.ts'
import { toCondition } from '../filter/condition.ts'
import { fromStorable, toStorable } from '../storable.ts'
import { words as defaultWords, type Words } from '../words.ts'
import { collectionOf, type Read } from './collection.ts'
import { current } from './current.ts'
import { matches, matchesAny, type QdrantFilter, toQdrantFilter } from './filter.ts'
import { documentPoint, toChunk, toDocument, toQuery } from './points.ts'
import { all, embeddedIn } from './read.ts'
import { type QdrantConnection, qdrantRest } from './rest.ts'
import { writeDocument } from './write.ts'

export interface QdrantStoreOptions extends QdrantConnection {
  /** Alias of its collection, which is made with the first document. Letters, digits, `_` and `-`. Default `anymodel`. */
  readonly collection?: string
  /** How texts and queries are cut into words; always the same for one collection. Default `words`. */
  readonly words?: Words
}

/** A longer query is looked for by its first words. */
const mostWords = 512

/**
 * A store in Qdrant 1.13 or later, through its REST interface. Search by words uses sparse vectors with BM25's weights, for which a mean of 120 words per chunk is taken. A document changes at once for
 * readers, though Qdrant has no transactions: they pass over what belongs to no finished writing.
 *
 * ```ts
 * const store = qdrantStore({ url: 'http://localhost:6333' })
 * ```
 */
export function qdrantStore(options: QdrantStoreOptions): Store {
  const { collection: name = 'anymodel', words = defaultWords } = options
  const ask = qdrantRest(options)
  const collection = collectionOf(ask, encodeURIComponent(name))
  const label = `qdrant ${name}`
  const chunksThat = async (...conditions: NonNullable<QdrantFilter['must']>[number][]): Promise<readonly Read[]> => {
    if ((await collection.dimensions()) === undefined) return []
    const must = [matches('kind', 'chunk'), ...conditions]
    return current(collection, (without) => all(collection.scroll({ must: [...must, without] })))
  }
  const search = async (query: object, using: string, { limit, filter, signal }: StoreSearch): Promise<Found[]> => {
    const condition = filter && toCondition(filter)
    if (limit === 0 || (await collection.dimensions()) === undefined) return []
    const own = condition ? await toQdrantFilter(condition, ask, encodeURIComponent(name), signal) : {}
    const found = await current(collection, async (without) => {
      const must = [matches('kind', 'chunk'), own, without]
      const body = { query, using, filter: { must }, limit, with_payload: true }
      const path = `/collections/${encodeURIComponent(name)}/points/query`
      return (await ask<{ points: Read[] }>('POST', path, body, signal)).points
    })
    return found.map(({ payload, score = 0 }) => ({ chunk: toChunk(payload), score }))
  }
  return {
    name: label,
    async open() {
      // Tells at once when there is no server, or the key is wrong.
      await collection.dimensions()
    },
    embedded: () => embeddedIn(collection),
    async put(document, chunks, vectors, embedded) {
      checkPut(document, chunks, vectors, embedded)
      const put = structuredClone({ document, chunks, vectors, embedded })
      await writeDocument(collection, put, label, words)
    },
    async remove(ids) {
      if (ids.length === 0 || (await collection.dimensions()) === undefined) return
      await collection.delete({ must: [{ has_id: ids.map(documentPoint) }] })
      await collection.delete({ must: [matchesAny('document', ids.map(toStorable))] })
    },
    async *documents({ prefix = '' } = {}) {
      if ((await collection.dimensions()) === undefined) return
      const found = await all(collection.scroll({ must: [matches('kind', 'document')] }))
      const documents = found.map(({ payload }) => toDocument(payload)).filter(({ id }) => id.startsWith(prefix))
      yield* documents.sort((a, b) => compareText(a.id, b.id))
    },
    async document(id) {
      if ((await collection.dimensions()) === undefined) return undefined
      const [point] = await collection.get([documentPoint(id)])
      return point && toDocument(point.payload)
    },
    async chunks(ids) {
      const found = await chunksThat(matchesAny('id', ids.map(toStorable)))
      const byId = new Map(found.map(({ payload }) => [fromStorable(payload.id ?? ''), payload]))
      return ids.flatMap((id) => byId.get(id) ?? []).map(toChunk)
    },
    async range(documentId, from, to) {
      const found = await chunksThat(matches('document', toStorable(documentId)))
      const chunks = found.map(({ payload }) => toChunk(payload))
      return chunks.filter(({ index }) => index >= from && index < to).sort((a, b) => a.index - b.index)
    },
    async vectorsOf(hashes) {
      if (hashes.length === 0 || (await collection.dimensions()) === undefined) return new Map()
      const wanted = {
        must: [matchesAny('hash', hashes.map(toStorable)), { must_not: [{ is_empty: { key: 'length' } }] }],
      }
      const found = await current(collection, (without) => all(collection.scroll({ must: [wanted, without] }, true)))
      return new Map(
        found.map(({ payload, vector }) => [fromStorable(payload.hash ?? ''), whole(payload.length ?? 0, vector)]),
      )
    },
    async searchText(text, given) {
      checkSearch(given)
      if (given.filter) toCondition(given.filter)
      const wanted = [...new Set(words(text))].slice(0, mostWords)
      return wanted.length === 0 ? [] : search(toQuery(wanted), 'words', given)
    },
    async searchVector(vector, given) {
      checkSearch(given)
      if (given.filter) toCondition(given.filter)
      const embedded = await embeddedIn(collection)
      if (!embedded) return []
      checkVector(vector, embedded.dimensions)
      return search(Array.from(vector), 'meaning', given) as Promise<Found[]>
    },
    async stats() {
      if ((await collection.dimensions()) === undefined) return { documents: 0, chunks: 0 }
      const documents = await all(collection.scroll({ must: [matches('kind', 'document')] }))
      const chunks = documents.reduce((sum, { payload }) => sum + toDocument(payload).chunks, 0)
      return { documents: documents.length, chunks }
    },
    async close() {},
  }
}

/** The vector with its length, which Qdrant did not keep. */
const whole = (length: number, vector: Read['vector']) => Float32Array.from(vector?.meaning ?? [], (x) => x * length)
