import { postgresStore } from '@anymodel/rag'
import { testStore } from '@anymodel/rag/testing'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'

let database: PGlite
let server: PGLiteSocketServer
let pool: Pool
let tables = 0

beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } })
  server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0 })
  await server.start()
  // One connection: it has one session, in which the statements of several would be mixed up.
  pool = new Pool({ host: '127.0.0.1', port: Number(server.port), user: 'postgres', database: 'postgres', max: 1 })
})

afterAll(async () => {
  await pool?.end()
  await server?.stop()
  await database?.close()
})

testStore({
  describe,
  test,
  name: 'postgresStore on PostgreSQL with pgvector',
  make() {
    const table = `kb"${tables++}`
    return { store: () => postgresStore(pool, { table }) }
  },
})
