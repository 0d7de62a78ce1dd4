import { AnyModelError } from '@anymodel/core'
import type { Found, Store, StoreSearch } from '../../contract.ts'
import { abortable } from '../abortable.ts'
import { checkEmbedded, checkOwner, checkPut, checkSearch, checkVector } from '../check.ts'
import { compareText } from '../compare-text.ts'
import { toCondition } from '../filter/condition.ts'
import { fromStorable, toStorable } from '../storable.ts'
import { words as defaultWords, type Words } from '../words.ts'
import type { LanceDb, LanceQuery } from './client.ts'
import { literal } from './filter-sql.ts'
import { embeddedIn, keysIn, read, whereOf } from './read.ts'
import { chunkColumns, chunkKey, documentKey, type LanceRow, toAbout, toChunk, toDocument, toRows } from './rows.ts'
import { failing, type LancePlace, openPlace } from './table.ts'
import { writeRows } from './write.ts'

export interface LancedbStoreOptions {
  /** Name of the table. Default `anymodel`. */
  readonly table?: string
  /** How texts and queries are cut into words; always the same for one table. Default `words`. */
  readonly words?: Words
}

/**
 * A store in LanceDB: a folder, or an address that LanceDB opens. Cosine over all vectors (or an index that you make on the column `vector`), and its own BM25. Filters that compare by order (`gt`, `lt`) read the
 * metadata of all chunks; those for equal values are answered by LanceDB. Two processes that put chunks of one id under different documents at the same moment are not noticed.
 *
 * ```ts
 * import * as lancedb from '@lancedb/lancedb'
 * const store = lancedbStore(lancedb, 'data/lance')
 * ```
 */
export function lancedbStore(
  lancedb: LanceDb,
  uri: string,
  { table: name = 'anymodel', words = defaultWords }: LancedbStoreOptions = {},
): Store {
  let opening: Promise<LancePlace> | undefined
  const place = () => {
    if (!opening) throw new AnyModelError('invalid-argument', `The store ${uri} is not open: call open() first.`)
    return opening
  }
  /** Rows that fit; none when there is no table yet. */
  const rows = async (where: string, columns?: string[]): Promise<LanceRow[]> => {
    const table = await (await place()).table()
    return table ? failing(() => read(table.query().where(where), columns)) : []
  }
  const embedded = async () => embeddedIn(await (await place()).table())
  const searching = async (
    search: StoreSearch,
    find: (query: LanceQuery, where: string) => Promise<(LanceRow & Scored)[]>,
    score: (row: Scored) => number,
  ): Promise<Found[]> => {
    checkSearch(search)
    const condition = search.filter && toCondition(search.filter)
    const table = await (await place()).table()
    if (!table || search.limit === 0) return []
    const run = failing(async () => find(table.query(), await whereOf(table, condition)))
    const found = (await abortable(run, search.signal)).map((row) => ({ chunk: toChunk(row), score: score(row) }))
    return found.sort((a, b) => b.score - a.score)
  }
  return {
    name: uri,
    async open() {
      opening ??= openPlace(lancedb, uri, name)
      await opening.catch((error) => {
        opening = undefined
        throw error
      })
    },
    embedded: () => failing(embedded),
    async put(document, chunks, vectors, given) {
      checkPut(document, chunks, vectors, given)
      const to = await place()
      const written = toRows(document, chunks, vectors, { dimensions: given?.dimensions ?? 1, words })
      await to.write(async () => {
        const table = await to.table()
        const held = await embeddedIn(table)
        checkEmbedded(uri, held, given)
        const taken = await rows(keysIn(chunks.map(({ id }) => chunkKey(id))), ['id', 'document'])
        checkOwner(
          document.id,
          taken.map((row) => ({ id: fromStorable(row.id), documentId: fromStorable(row.document) })),
        )
        const about = vectors.some(Boolean) && given ? [toAbout(given)] : []
        await writeRows(to, table, document.id, [...about, ...written])
      })
    },
    async remove(ids) {
      const to = await place()
      const where = ids.map((id) => literal(toStorable(id))).join(', ')
      if (ids.length > 0) await to.write(async () => (await to.table())?.delete(`document IN (${where})`))
    },
    async *documents({ prefix = '' } = {}) {
      const found = await rows(`kind = 'document' AND starts_with(document, ${literal(toStorable(prefix))})`, ['more'])
      yield* found.map(toDocument).sort((a, b) => compareText(a.id, b.id))
    },
    async document(id) {
      const [row] = await rows(keysIn([documentKey(id)]), ['more'])
      return row && toDocument(row)
    },
    async chunks(ids) {
      const found = new Map(
        (await rows(keysIn(ids.map(chunkKey)), chunkColumns)).map((row) => [fromStorable(row.id), row]),
      )
      return ids.flatMap((id) => found.get(id) ?? []).map(toChunk)
    },
    async range(documentId, from, to) {
      const of = `kind = 'chunk' AND document = ${literal(toStorable(documentId))}`
      const found = (await rows(of, chunkColumns)).map(toChunk)
      return found.filter(({ index }) => index >= from && index < to).sort((a, b) => a.index - b.index)
    },
    async vectorsOf(hashes) {
      if (hashes.length === 0) return new Map()
      const wanted = hashes.map((hash) => literal(toStorable(hash))).join(', ')
      const found = await rows(`kind = 'chunk' AND embedded AND hash IN (${wanted})`, ['hash', 'vector'])
      return new Map(found.map(({ hash, vector }) => [fromStorable(hash), Float32Array.from(vector)]))
    },
    searchText: (query, search) =>
      searching(
        search,
        async (on, where) => {
          const wanted = [...new Set(words(query))].slice(0, mostWords).join(' ')
          if (!wanted) return []
          const matching = on
            .fullTextSearch(wanted, { columns: ['words'] })
            .where(where)
            .limit(search.limit)
          return read(matching, [...chunkColumns, '_score'])
        },
        ({ _score = 0 }) => _score,
      ),
    searchVector: (vector, search) =>
      searching(
        search,
        async (on, where) => {
          const held = await embedded()
          if (held) checkVector(vector, held.dimensions)
          if (!held) return []
          const near = on.nearestTo(Array.from(vector)).distanceType('cosine')
          return read(near.where(`embedded AND ${where}`).limit(search.limit), [...chunkColumns, '_distance'])
        },
        ({ _distance }) => (typeof _distance === 'number' && !Number.isNaN(_distance) ? 1 - _distance : 0),
      ),
    async stats() {
      const table = await (await place()).table()
      const count = async (kind: string) => (await table?.countRows(`kind = '${kind}'`)) ?? 0
      return failing(async () => ({ documents: await count('document'), chunks: await count('chunk') }))
    },
    async close() {
      const open = opening
      opening = undefined
      await (await open)?.close()
    },
  }
}

/** A longer query is looked for by its first words. */
const mostWords = 512

interface Scored {
  readonly _score?: number
  readonly _distance?: number | null
}
