import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lancedbStore } from '@anymodel/rag'
import { testStore } from '@anymodel/rag/testing'
import * as lancedb from '@lancedb/lancedb'
import { describe, test } from 'vitest'

testStore({
  describe,
  test: (name, body) => test(name, body, 60_000),
  name: 'lancedbStore',
  async make() {
    const folder = await mkdtemp(join(tmpdir(), 'anymodel-rag-'))
    return {
      store: () => lancedbStore(lancedb, join(folder, 'lance')),
      remove: () => rm(folder, { recursive: true, force: true }),
    }
  },
})
