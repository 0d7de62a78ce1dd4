import { expect, test } from 'vitest'
import { clustersOf } from './cluster.ts'
import type { CodeAttempt } from './verify-options.ts'

const attempt = (index: number, more: Partial<CodeAttempt>): CodeAttempt => ({
  index,
  round: 0,
  model: 'mock/m',
  code: 'code',
  files: [],
  usage: {},
  ...more,
})
const report = (...outcomes: boolean[]) => ({
  passed: outcomes.every((passed) => passed),
  tests: outcomes.map((passed, at) => ({ name: `test ${at}`, passed })),
  durationMs: 1,
})

test('code that passes some of the tests is better than code that could not be run, however many wrote that', () => {
  const clusters = clustersOf([
    attempt(0, { problem: 'It does not parse.', signature: 'not run' }),
    attempt(1, { problem: 'It does not parse.', signature: 'not run' }),
    attempt(2, { tests: report(true, false), signature: 'half' }),
  ])
  expect(clusters.map(({ attempts }) => attempts)).toEqual([[2], [0, 1]])
})
