import { cosineSimilarity } from '@anymodel/core'
import { type Metadata, memoryStore, postgresStore, type StoredChunk } from '@anymodel/rag'
import { testStore } from '@anymodel/rag/testing'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let pool: Pool
let stop = async () => {}
let tables = 0

/** A PostgreSQL with pgvector of yours, with several connections: `postgres://user@127.0.0.1:5432/empty`. Without it, PGlite is started on a loopback port. */
const given = process.env.ANYMODEL_TEST_POSTGRES

beforeAll(async () => {
  if (given) pool = new Pool({ connectionString: given, max: 8 })
  else await startPglite()
})

afterAll(async () => {
  await pool?.end()
  await stop()
})

async function startPglite() {
  const database = await PGlite.create({ extensions: { vector } })
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0 })
  await server.start()
  stop = async () => {
    await server.stop()
    await database.close()
  }
  const port = Number(server.getServerConn().split(':').at(-1))
  // One connection: it has one session, in which the statements of several would be mixed up.
  pool = new Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 1 })
}

testStore({
  describe,
  test: (name, body) => test(name, body, 60_000),
  name: 'postgresStore on PostgreSQL with pgvector',
  make() {
    const table = `kb"${tables++}`
    return { store: () => postgresStore(pool, { table }) }
  },
})

test('scores words as BM25 does in memory', async () => {
  const stores = [postgresStore(pool, { table: 'scores' }), memoryStore()]
  const texts = [
    'wing',
    'wing '.repeat(7),
    `${'flow '.repeat(40)} wing wing`,
    'heat of air',
    'air '.repeat(200),
    'a wing in the air',
  ]
  const scores = []
  for (const store of stores) {
    await store.open()
    for (const [i, text] of texts.entries()) {
      const document = { id: `d${i}`, hash: '', chunks: 1, metadata: {}, added: '2026-01-01T00:00:00Z' }
      await store.put(document, [{ ...chunkOf(`d${i}`, 0, {}), text }], [undefined])
    }
    const found = await store.searchText('heat wing air', { limit: 9 })
    scores.push(found.map(({ chunk, score }) => [chunk.id, score.toFixed(6)]))
  }
  expect(scores[0]).toHaveLength(6)
  expect(scores[0]).toEqual(scores[1])
})

test('more candidates than are compared one by one are found through the index, under filters as well', async () => {
  const store = postgresStore(pool, { table: 'many', exactUpTo: 100 })
  await store.open()
  const vectors = Array.from({ length: 1500 }, (_, i) => Float32Array.of(Math.cos(i), Math.sin(i), (i % 97) / 97, 0.1))
  const embedded = { model: 'test/vectors', dimensions: 4 }
  for (let from = 0; from < vectors.length; from += 500) {
    const id = `d${from}`
    const chunks = vectors.slice(from, from + 500).map((_, index) => chunkOf(id, index, { third: (from + index) % 3 }))
    const document = { id, hash: id, chunks: chunks.length, metadata: {}, added: '2026-01-01T00:00:00Z' }
    await store.put(document, chunks, vectors.slice(from, from + 500), embedded)
  }
  const query = Float32Array.of(0.3, -0.8, 0.4, 0.1)
  const score = (i: number) => cosineSimilarity(query, vectors[i] as Float32Array)
  const numbers = [...vectors.keys()]
  for (const third of [undefined, 1]) {
    const exact = numbers
      .filter((i) => third === undefined || i % 3 === third)
      .sort((a, b) => score(b) - score(a))
      .slice(0, 20)
    const filter = third === undefined ? {} : { filter: { or: [{ third }, { third: 7 }] } }
    const found = await store.searchVector(query, { limit: 20, ...filter })
    const ids = new Set(found.map(({ chunk }) => chunk.id))
    expect(found).toHaveLength(20)
    expect(exact.filter((i) => ids.has(`d${i - (i % 500)}#${i % 500}`)).length).toBeGreaterThanOrEqual(18)
  }
})

const chunkOf = (documentId: string, index: number, metadata: Metadata): StoredChunk => ({
  id: `${documentId}#${index}`,
  documentId,
  index,
  hash: `${documentId}#${index}`,
  text: 'x',
  start: index,
  end: index + 1,
  headings: [],
  metadata,
})
