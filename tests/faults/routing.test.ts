import assert from 'node:assert/strict'
import { type TextModel, withBalance, withBreaker, withConditions, withHedge, withTimeout } from '@anymodel/core'
import { countListeners, faultServer, healthyAnswer, seeded } from '@anymodel/testing'
import { expect, it } from 'vitest'
import { ask, failed } from './scenario.ts'
import { speakers } from './speakers.ts'

const faults = [
  ...['healthy', 'healthy', 'healthy', 'status-500-once', 'status-503', 'limited', 'reset', 'cut', 'cut-700', 'quota'],
  ...['stall', 'silent', 'slow-start', 'no-end', 'malformed', 'error-first', 'error-late', 'status-401'],
]

const strategies = ['weighted', 'least-busy', 'latency', 'cost', 'adaptive'] as const

it('calls through balances, breakers, hedges and conditions that share their state: whole or an error, within their attempts, nothing left behind', async () => {
  const server = await faultServer({ stall: 2_000, retryAfter: 100 })
  const random = seeded(7_112)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let named = 0
  const model = (fault = pick(faults)): TextModel => {
    const speak = pick(Object.values(speakers))
    return withTimeout(speak(server.url, `${fault}@${named++}`), { firstContent: 1_500, idle: 1_000 })
  }
  const guarded = () => withBreaker(model(), { failures: 2, cooldown: 100 })
  const target = () => {
    const inner = random() < 0.5 ? guarded() : model()
    const hedged = random() < 0.4 ? withHedge(inner, { to: model(), after: 30, maxExtra: 0.5 }) : inner
    return random() < 0.2 ? withConditions(hedged, { tags: { plan: 'gold' } }) : hedged
  }
  const routes = strategies.map((strategy) => [
    withBalance([target(), target(), target()], { strategy, sticky: random() < 0.5, random }),
    ...(random() < 0.5 ? [target()] : []),
    model('healthy'),
  ])
  const controller = new AbortController()
  const listeners = countListeners(controller.signal)
  let answered = 0
  const call = async (at: number) => {
    const maxAttempts = 1 + Math.floor(random() * 5)
    const onBreak = pick(['error', 'restart', 'continue'] as const)
    const options = { onBreak, maxAttempts, retries: pick([0, 1]), cooldown: pick([0, 200]), maxWait: 150 }
    const more = {
      headers: { 'x-call': String(at) },
      tags: { plan: pick(['gold', 'free']) },
      signal: controller.signal,
    }
    const outcome = await ask(pick(routes), options, more)
    const sent = server.log().filter(({ request }) => request.headers['x-call'] === String(at)).length
    assert.ok(sent <= maxAttempts, `${sent} requests of ${maxAttempts}`)
    if (outcome.error) return void failed(outcome, outcome.error.code)
    assert.equal(outcome.text, healthyAnswer)
    assert.equal(outcome.result?.text, healthyAnswer)
    answered++
  }
  for (let wave = 0; wave < 2; wave++) await Promise.all(Array.from({ length: 60 }, (_, at) => call(wave * 60 + at)))
  expect(answered).toBeGreaterThan(20)
  expect(listeners()).toBe(0)
  await Promise.all(server.log().map(({ request }) => request.outcome))
  await server.close()
}, 60_000)
