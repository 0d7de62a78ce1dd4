import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { withTimeout } from '@anymodel/core'
import { countListeners, type FaultServer, faultServer, healthyAnswer, seeded } from '@anymodel/testing'
import { expect, it } from 'vitest'
import { ask, failed } from './scenario.ts'
import { speakers } from './speakers.ts'

/** A minute in CI, a few seconds elsewhere. */
const seconds = process.env.CI ? 60 : 5
const streams = 1_000

const faults = [
  ...['healthy', 'healthy', 'healthy', 'status-503', 'limited', 'reset', 'reset-after-headers', 'cut', 'cut-700'],
  ...['ended-900', 'no-end', 'malformed', 'error-first', 'error-late', 'gzip', 'split', 'quota'],
]

/** Faults that end by a clock: few, since each holds a stream for long. */
const slow = ['stall', 'silent']

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What stands open in this process, and what memory holds, once nothing runs. */
async function left(server: FaultServer) {
  await expect.poll(() => timers(), { timeout: 10_000 }).toBeLessThanOrEqual(8)
  // Connections that are kept for the next request are closed after some seconds.
  await expect.poll(() => server.openSockets, { timeout: 20_000 }).toBeLessThanOrEqual(20)
  server.forget()
  for (let i = 0; i < 3; i++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return process.memoryUsage().heapUsed
}

const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

it(`${streams} streams at once with random faults, for ${seconds} seconds: every answer is whole or an error, and nothing is left behind`, async () => {
  const server = await faultServer({ stall: 12_000 })
  const random = seeded(20_261_125)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const { signal } = new AbortController()
  const listeners = countListeners(signal)
  const counts = { answers: 0, errors: 0 }

  async function call(): Promise<void> {
    const models = [0, 1].map(() => {
      const speak = pick(Object.values(speakers))
      return withTimeout(speak(server.url, pick(random() < 0.02 ? slow : faults)), {
        firstContent: 20_000,
        idle: 10_000,
      })
    })
    const outcome = await ask(
      models,
      { onBreak: pick(['error', 'restart', 'continue'] as const), maxWait: 0 },
      { signal },
    )
    if (outcome.error) {
      failed(outcome, outcome.error.code)
      counts.errors++
    } else {
      assert.equal(outcome.text, healthyAnswer)
      counts.answers++
    }
  }

  /** Keeps so many streams open until the time is over. */
  const run = (ms: number): Promise<unknown> => {
    const until = performance.now() + ms
    return Promise.all(
      Array.from({ length: streams }, async () => {
        do await call()
        while (performance.now() < until)
      }),
    )
  }

  await run(0)
  const before = await left(server)
  await run(seconds * 1_000)
  expect(listeners()).toBe(0)
  const after = await left(server)
  expect(counts.answers).toBeGreaterThan(streams / 4)
  expect(counts.errors).toBeGreaterThan(0)
  const calls = counts.answers + counts.errors
  expect((after - before) / calls).toBeLessThan(1_000)
  await server.close()
}, 240_000)
