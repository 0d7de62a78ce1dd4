import { setTimeout as pause } from 'node:timers/promises'
import {
  generateText,
  redisState,
  type TextModel,
  withBalance,
  withBreaker,
  withBudget,
  withCache,
  withLimit,
} from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hasRedis, needsRedis, type RedisServer, startRedis } from './redis-server.ts'

const ask = (model: TextModel) => generateText({ model, prompt: 'Hi.', maxTokens: 5 })
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    ({ code }) => code,
  )

describe.skipIf(!hasRedis)(`a Redis that does not answer${hasRedis ? '' : ` (skipped: ${needsRedis})`}`, () => {
  let server: RedisServer
  let client: Redis
  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 })
    client.on('error', () => {})
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  it('holds nobody up: limits let calls through, budgets stop them, caches ask; and it counts again when it is back', async () => {
    const model = mockModel('Hello.')
    const state = redisState(client, { timeout: 1_500 })
    const limited = withLimit(model, { requestsPerMinute: 1, state, queue: { timeout: 0 } })
    const strict = withLimit(model, { requestsPerMinute: 100, key: 'strict', state, onStateError: 'refuse' })
    const bounded = withBudget(model, { limit: { tokens: 1e6 }, per: 60_000, state })
    const cached = withCache(model, { state })
    await Promise.all([ask(limited), ask(strict), ask(bounded), ask(cached)])

    process.kill(server.pid, 'SIGSTOP')
    const outcomes = Promise.all([limited, limited, strict, bounded, cached].map((one) => codeOf(ask(one))))
    expect(await outcomes).toEqual(['answered', 'answered', 'network', 'network', 'answered'])
    // Lost a moment ago: nobody waits again.
    const spy = vi.spyOn(client, 'call')
    expect(await codeOf(ask(bounded))).toBe('network')
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()

    process.kill(server.pid, 'SIGCONT')
    const isBack = async () => {
      expect([await codeOf(ask(bounded)), await codeOf(ask(limited))]).toEqual(['answered', 'rate-limit'])
    }
    await vi.waitFor(isBack, { timeout: 15_000, interval: 100 })
  })

  it('leaves breakers and balances to each process, with one warning, until it is back', async () => {
    const model = mockModel('Hello.')
    const state = redisState(client, { timeout: 4_000 })
    const clock = () => performance.now() * 100
    const guarded = withBreaker(model, { state, key: 'lost', clock })
    const balance = withBalance([guarded, mockModel('Hello.', { id: 'other' })], { strategy: 'latency', state, clock })
    // The first call through each waits for what others know.
    await ask(guarded)
    await ask(balance)
    process.kill(server.pid, 'SIGSTOP')
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'))
    const warned: string[] = []
    const asked = async () => {
      const { text, warnings } = await ask(balance)
      warned.push(...warnings.map(({ message }) => message))
      return text
    }
    // News is looked for at every tenth millisecond of this clock: nobody waits for it.
    for (let after = 0; after < 20; after += Math.min(1, warned.length)) {
      const before = performance.now()
      expect(await asked()).toBe('Hello.')
      expect(performance.now() - before).toBeLessThan(3_500)
      await pause(25)
    }
    expect(warned.length).toBeGreaterThan(0)
    expect(warned.filter((message) => message.startsWith('The balance')).length).toBeLessThanOrEqual(1)
    expect(warned.filter((message) => message.startsWith('The breaker')).length).toBeLessThanOrEqual(1)
    process.kill(server.pid, 'SIGCONT')
    await vi.waitFor(
      async () => {
        await asked()
        expect(await state.get('balance:{latency mock/mock mock/other}')).toContain('whole')
      },
      { timeout: 15_000, interval: 100 },
    )
  })

  it('gives back what it grants when nobody waits for it any more', async () => {
    const state = redisState(client, { timeout: 1_500 })
    const claims = [
      { key: 'late', amount: 10, limit: 10, window: 600_000 },
      { key: 'late place', amount: 1, limit: 1, window: 600_000, lease: 'a' },
    ]
    await state.get('x')
    process.kill(server.pid, 'SIGSTOP')
    await expect(state.take(claims)).rejects.toMatchObject({ code: 'network' })
    process.kill(server.pid, 'SIGCONT')
    const isFree = async () => {
      const places = claims.map((one) => ('lease' in one ? { ...one, lease: 'b' } : one))
      expect(await state.take(places)).toMatchObject({ granted: true })
    }
    await vi.waitFor(isFree, { timeout: 15_000, interval: 100 })
  })
})
