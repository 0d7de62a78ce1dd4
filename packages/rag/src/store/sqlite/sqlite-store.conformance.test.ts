import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { testStore } from '../../conformance/test-store.ts'
import { sqliteStore } from './sqlite-store.ts'

testStore({
  describe,
  test,
  name: 'sqliteStore',
  async make() {
    const folder = await mkdtemp(join(tmpdir(), 'anymodel-rag-'))
    return {
      store: () => sqliteStore(join(folder, 'kb.db')),
      remove: () => rm(folder, { recursive: true }),
    }
  },
})
