import type { Store, StoreSearch } from '../../contract.ts'
import { abortable } from '../abortable.ts'
import { checkPut, checkSearch, checkVector } from '../check.ts'
import { toCondition } from '../filter/condition.ts'
import { toStorable } from '../storable.ts'
import { words as defaultWords, type Words } from '../words.ts'
import { type PostgresPool, queryOf, transaction } from './client.ts'
import * as read from './read.ts'
import { makeTables, tablesOf } from './schema.ts'
import { searchWords } from './text-search.ts'
import { searchVectors } from './vector-search.ts'
import { writeDocument } from './write.ts'

export interface PostgresStoreOptions {
  /** Beginning of the names of its tables: `{table}_documents`, `{table}_chunks`, `{table}_about`. Default `anymodel`. At most 40 bytes. */
  readonly table?: string
  /** Where the tables are. Default: the first of the connection's search path. */
  readonly schema?: string
  /** So many vectors that fit the filter are compared one by one, which is exact; among more, the HNSW index finds nearly all of the nearest. Default 10,000. */
  readonly exactUpTo?: number
  /** How texts and queries are cut into words; always the same for one table. Default `words`. */
  readonly words?: Words
}

const page = 500

/**
 * A store in PostgreSQL with pgvector 0.8 or later: cosine by an HNSW index (vectors of more than 2,000 numbers have none, and are compared one by one), and BM25 over a GIN index. The pool stays yours: `close` leaves it open.
 *
 * ```ts
 * const store = postgresStore(new Pool({ connectionString }), { table: 'handbook' })
 * ```
 */
export function postgresStore(
  pool: PostgresPool,
  { table = 'anymodel', schema, exactUpTo = 10_000, words = defaultWords }: PostgresStoreOptions = {},
): Store {
  const tables = tablesOf(schema, table)
  const name = `postgres ${table}`
  const query = queryOf(pool)
  const conditionOf = (search: StoreSearch) => {
    checkSearch(search)
    return search.filter && toCondition(search.filter)
  }
  return {
    name,
    open: () => makeTables(pool, tables),
    embedded: () => read.embeddedIn(query, tables),
    async put(document, chunks, vectors, embedded) {
      checkPut(document, chunks, vectors, embedded)
      const put = { document, chunks, vectors: vectors.map((each) => each?.slice()), embedded }
      await transaction(pool, (inside) => writeDocument(inside, tables, put, name, words))
    },
    async remove(ids) {
      await query(`DELETE FROM ${tables.documents} WHERE id = ANY ($1::text[])`, [ids.map(toStorable)])
    },
    async *documents({ prefix = '' } = {}) {
      for (let after = ''; ; ) {
        const found = await read.documentsAfter(query, tables, after, prefix, page)
        yield* found
        if (found.length < page) return
        after = found.at(-1)?.id ?? ''
      }
    },
    document: (id) => read.documentIn(query, tables, id),
    chunks: (ids) => read.chunksById(query, tables, ids),
    range: (documentId, from, to) => read.chunksBetween(query, tables, documentId, from, to),
    vectorsOf: (hashes) => read.vectorsByHash(query, tables, hashes),
    async searchText(text, search) {
      const condition = conditionOf(search)
      const found = searchWords(query, tables, words, text, search.limit, condition)
      return read.toFound(await abortable(found, search.signal))
    },
    async searchVector(vector, search) {
      const condition = conditionOf(search)
      const embedded = await read.embeddedIn(query, tables)
      if (!embedded) return []
      checkVector(vector, embedded.dimensions)
      const found = searchVectors(pool, tables, vector, search.limit, condition, exactUpTo)
      return read.toFound(await abortable(found, search.signal))
    },
    stats: () => read.sizesIn(query, tables),
    async close() {},
  }
}
