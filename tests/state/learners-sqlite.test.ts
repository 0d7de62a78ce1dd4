import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { testLearners } from './learners-suite.ts'

describe('four processes that learn by one SQLite file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'anymodel-learners-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  testLearners(() => `file:${join(dir, 'state.db')}`)
})
