import { generateText, redisState, type TextModel, withBudget, withCache, withLimit } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
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
