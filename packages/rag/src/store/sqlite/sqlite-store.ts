import { AnyModelError } from '@anymodel/core'
import type { Found, Store, StoreSearch } from '../../contract.ts'
import { checkPut, checkSearch, checkVector } from '../check.ts'
import { toCondition } from '../filter/condition.ts'
import { words as defaultWords, type Words } from '../words.ts'
import { type Connection, openFile, type Transaction } from './connection.ts'
import * as read from './read.ts'
import { makeTables } from './schema.ts'
import { searchWords } from './text-search.ts'
import { vectorCache } from './vector-cache.ts'
import { removeDocuments, writeDocument } from './write.ts'

export interface SqliteStoreOptions {
  /** How texts and queries are cut into words; always the same for one file. Default `words`. */
  readonly words?: Words
}

const page = 500

/**
 * A store in one SQLite file, made with its folders where there is none: BM25 by FTS5, and exact cosine over vectors that are held in memory after the first search (4 bytes per number). Several processes may
 * read and write at once; what was put survives their end. A file of a newer version, or of something else, is refused with `config`.
 */
export function sqliteStore(path: string, { words = defaultWords }: SqliteStoreOptions = {}): Store {
  let connection: Promise<Connection> | undefined
  let cache = vectorCache()
  const opened = async () => {
    if (!connection) throw new AnyModelError('invalid-argument', `The store ${path} is not open: call open() first.`)
    return connection
  }
  const reading = async <T>(body: (tx: Transaction) => Promise<T>) => (await opened()).read(body)
  const writing = async <T>(body: (tx: Transaction) => Promise<T>) => (await opened()).write(body)
  const searching = (
    search: StoreSearch,
    find: (tx: Transaction, condition: ReturnType<typeof toCondition> | undefined) => Promise<Scored[]>,
  ) => {
    checkSearch(search)
    const condition = search.filter && toCondition(search.filter)
    return reading(async (tx) => {
      search.signal?.throwIfAborted()
      return withChunks(tx, await find(tx, condition))
    })
  }
  return {
    name: path,
    async open() {
      connection ??= prepared(path)
      await connection.catch((error) => {
        connection = undefined
        throw error
      })
    },
    embedded: () => reading(read.embeddedIn),
    async put(document, chunks, vectors, embedded) {
      checkPut(document, chunks, vectors, embedded)
      await writing((tx) => writeDocument(tx, { document, chunks, vectors, embedded }, path, words))
    },
    remove: (ids) => writing((tx) => removeDocuments(tx, ids)),
    async *documents({ prefix = '' } = {}) {
      for (let after = ''; ; ) {
        const found = await reading((tx) => read.documentsAfter(tx, after, prefix, page))
        yield* found
        if (found.length < page) return
        after = found.at(-1)?.id ?? ''
      }
    },
    document: (id) => reading((tx) => read.documentIn(tx, id)),
    chunks: (ids) => reading((tx) => read.chunksById(tx, ids)),
    range: (documentId, from, to) => reading((tx) => read.chunksBetween(tx, documentId, from, to)),
    vectorsOf: (hashes) => reading((tx) => read.vectorsByHash(tx, hashes)),
    searchText: async (query, search) =>
      searching(search, (tx, condition) => searchWords(tx, words, query, search.limit, condition)),
    searchVector: async (vector, search) =>
      searching(search, async (tx, condition) => {
        const embedded = await read.embeddedIn(tx)
        if (embedded) checkVector(vector, embedded.dimensions)
        return embedded ? cache.nearest(tx, vector, search.limit, condition) : []
      }),
    stats: () => reading(read.sizesIn),
    async close() {
      const open = connection
      connection = undefined
      cache = vectorCache()
      await (await open)?.close()
    },
  }
}

interface Scored {
  readonly key: number
  readonly score: number
}

async function withChunks(tx: Transaction, found: readonly Scored[]): Promise<Found[]> {
  const chunks = await read.chunksByKey(
    tx,
    found.map(({ key }) => key),
  )
  return found.flatMap(({ key, score }) => {
    const chunk = chunks.get(key)
    return chunk ? [{ chunk, score }] : []
  })
}

async function prepared(path: string): Promise<Connection> {
  const connection = await openFile(path)
  try {
    await connection.write((tx) => makeTables(tx, path))
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}
