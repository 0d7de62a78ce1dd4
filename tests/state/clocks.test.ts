import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisState, type State, sqliteState } from '@anymodel/core'
import { createClient } from '@libsql/client'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, needsRedis, type RedisServer, startRedis } from './redis-server.ts'

const hour = 3_600_000
const rate = { key: 'rate', amount: 10, limit: 10, window: 60_000 }
const lease = (name: string) => ({ key: 'places', amount: 1, limit: 1, window: 30_000, lease: name })

async function waitOf(state: State, claim: typeof rate): Promise<number> {
  const taken = await state.take([claim])
  return taken.granted ? 0 : taken.wait
}

describe('SQLite, when the clock of the machine is set', () => {
  const dir = mkdtempSync(join(tmpdir(), 'anymodel-clocks-'))
  const client = createClient({ url: `file:${join(dir, 'state.db')}` })
  let now = Date.parse('2026-11-24T12:00:00Z')
  const state = sqliteState(client, { now: () => now })
  afterAll(() => {
    client.close()
    rmSync(dir, { recursive: true })
  })

  it('back: what was granted counts as granted now, and for no longer', async () => {
    await state.take([rate])
    await state.take([lease('dead')])
    now -= hour
    expect(await waitOf(state, rate)).toBeGreaterThan(59_000)
    expect(await waitOf(state, rate)).toBeLessThanOrEqual(61_000)
    expect(await waitOf(state, lease('next'))).toBeLessThanOrEqual(30_000)
    now += 61_000
    expect([await waitOf(state, rate), await waitOf(state, lease('next'))]).toEqual([0, 0])
  })

  it('back: a hold can still be settled, and a value of the future is none', async () => {
    const taken = await state.take([{ ...rate, key: 'settled' }])
    await state.set('value', 'x', hour)
    now -= hour
    if (taken.granted) await state.settle(taken.holds.map((hold) => ({ hold, amount: 4 })))
    expect(await waitOf(state, { ...rate, key: 'settled', amount: 6 })).toBe(0)
    expect(await waitOf(state, { ...rate, key: 'settled', amount: 1 })).toBeGreaterThan(0)
    expect(await state.get('value')).toBe(undefined)
  })

  it('forwards: what was granted has lapsed, and what comes counts as ever', async () => {
    await state.set('later', 'x', hour)
    now += 100 * hour
    expect(await state.get('later')).toBe(undefined)
    expect(await waitOf(state, rate)).toBe(0)
    expect(await waitOf(state, rate)).toBeGreaterThan(59_000)
  })

  it('leaves nothing of keys that nobody asks for any more', async () => {
    for (let at = 0; at < 300; at++) {
      const taken = await state.take([{ ...rate, key: `once ${at}` }])
      await state.set(`once ${at}`, 'x', 1_000)
      if (taken.granted && at % 3 === 0) await state.settle(taken.holds.map((hold) => ({ hold, amount: 1 })))
    }
    now += hour
    for (let round = 0; round < 5; round++) {
      await state.set('one', 'x', hour)
      const taken = await state.take([{ ...rate, key: `last ${round}` }])
      if (taken.granted) await state.settle(taken.holds.map((hold) => ({ hold, amount: 1 })))
    }
    const { rows } = await client.execute(
      'SELECT (SELECT count(*) FROM anymodel_counts) AS counts, (SELECT count(*) FROM anymodel_values) AS kept',
    )
    expect(Number(rows[0]?.counts)).toBeLessThan(10)
    expect(Number(rows[0]?.kept)).toBeLessThan(10)
  })
})

describe.skipIf(!hasRedis)(`Redis${hasRedis ? '' : ` (skipped: ${needsRedis})`}`, () => {
  let server: RedisServer
  let client: Redis
  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.url)
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  it('when its clock was set back: what was granted counts as granted now', async () => {
    const state = redisState(client)
    const future = Date.now() + hour
    await client.hset('anymodel:rate', '999999', `10:${future}`)
    await client.hset('anymodel:places', 'dead', `1:${future}`)
    expect(await waitOf(state, rate)).toBeLessThanOrEqual(61_000)
    expect(await waitOf(state, lease('next'))).toBeLessThanOrEqual(30_000)
    expect(await client.hget('anymodel:places', 'dead')).toMatch(/^1:\d+$/)
    expect(await client.pttl('anymodel:rate')).toBeGreaterThan(0)
  })

  it('keeps nothing for ever', async () => {
    const state = redisState(client, { prefix: 'lapses:' })
    await state.take([
      { ...rate, window: 200 },
      { ...lease('a'), window: 200 },
    ])
    await state.set('value', 'x', 200)
    expect(await client.keys('lapses:*')).toHaveLength(3)
    for (const key of await client.keys('lapses:*')) expect(await client.pttl(key)).toBeLessThanOrEqual(204)
  })

  it('that has nonsense under a key of ours is an error, not a hang', async () => {
    await client.set('anymodel:wrong', 'text')
    await expect(redisState(client).take([{ ...rate, key: 'wrong' }])).rejects.toMatchObject({ code: 'network' })
    await client.hset('anymodel:odd', 'x', 'not a count')
    await expect(redisState(client).take([{ ...rate, key: 'odd' }])).resolves.toMatchObject({ granted: true })
  })
})
