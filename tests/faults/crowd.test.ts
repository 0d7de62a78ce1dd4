import assert from 'node:assert/strict'
import { withTimeout } from '@anymodel/core'
import { countListeners, faultServer, healthyAnswer, seeded } from '@anymodel/testing'
import { expect, it } from 'vitest'
import { ask, failed } from './scenario.ts'
import { speakers } from './speakers.ts'

const faults = [
  ...[
    'healthy',
    'status-500-once',
    'status-503',
    'limited',
    'reset',
    'reset-after-headers',
    'cut',
    'cut-700',
    'ended-900',
  ],
  ...['stall', 'silent', 'no-end', 'malformed', 'error-first', 'error-late', 'gzip', 'split', 'alive-only', 'quota'],
]

/** Timers that keep the process alive now. */
const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

it('three hundred calls at once, each to three models that may fail: every answer is whole or an error, and nothing is left behind', async () => {
  const server = await faultServer({ stall: 2_000 })
  const random = seeded(20_261_124)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const controller = new AbortController()
  const { signal } = controller
  const listeners = countListeners(signal)
  const before = timers()
  let answered = 0
  const calls = Array.from({ length: 300 }, async (_, at) => {
    const models = [0, 1, 2].map((index) => {
      const speak = pick(Object.values(speakers))
      const model = speak(server.url, `${pick(faults)}@${at}-${index}`)
      return withTimeout(model, { firstContent: 3_000, idle: 1_000 })
    })
    const onBreak = pick(['error', 'restart', 'continue'] as const)
    const outcome = await ask(models, { onBreak, maxAttempts: 5 }, { signal })
    const requests = server.log().filter(({ model }) => model.includes(`@${at}-`)).length
    assert.ok(requests <= 5, `${requests} requests`)
    if (outcome.error) failed(outcome, outcome.error.code)
    else {
      assert.equal(outcome.text, healthyAnswer)
      assert.equal(outcome.result?.text, healthyAnswer)
      answered++
    }
  })
  await Promise.all(calls)
  expect(answered).toBeGreaterThan(100)
  await expect.poll(timers, { timeout: 5_000 }).toBeLessThanOrEqual(before + 2)
  expect(listeners()).toBe(0)
  // No exchange is still open: silent ones were dropped.
  await Promise.all(server.log().map(({ request }) => request.outcome))
  await server.close()
}, 60_000)
