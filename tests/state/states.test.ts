import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryState, redisState, sqliteState } from '@anymodel/core'
import { testState } from '@anymodel/testing'
import { createClient as createSqlite } from '@libsql/client'
import { Redis } from 'ioredis'
import Database from 'libsql'
import { createClient as createRedis } from 'redis'
import { afterAll, beforeAll, describe, it as test } from 'vitest'
import { hasRedis, needsRedis, type RedisServer, startRedis } from './redis-server.ts'

testState({ describe, test, name: 'memory', make: () => memoryState() })

describe('SQLite', () => {
  const dir = mkdtempSync(join(tmpdir(), 'anymodel-state-'))
  const promising = createSqlite({ url: `file:${join(dir, 'promising.db')}` })
  const synchronous = new Database(join(dir, 'synchronous.db'))
  afterAll(() => {
    promising.close()
    synchronous.close()
    rmSync(dir, { recursive: true })
  })
  testState({ describe, test, name: 'by @libsql/client', make: () => sqliteState(promising) })
  testState({
    describe,
    test,
    name: 'by libsql, which has the methods of better-sqlite3',
    make: () => sqliteState(synchronous),
  })
})

describe.skipIf(!hasRedis)(`Redis${hasRedis ? '' : ` (skipped: ${needsRedis})`}`, () => {
  let server: RedisServer
  let ioredis: Redis
  let nodeRedis: ReturnType<typeof createRedis>
  beforeAll(async () => {
    server = await startRedis()
    ioredis = new Redis(server.url)
    nodeRedis = createRedis({ url: server.url })
    await nodeRedis.connect()
  })
  afterAll(async () => {
    ioredis.disconnect()
    nodeRedis.destroy()
    await server.stop()
  })
  testState({ describe, test, name: 'by ioredis', make: () => redisState(ioredis) })
  testState({ describe, test, name: 'by node-redis', make: () => redisState(nodeRedis) })
})
