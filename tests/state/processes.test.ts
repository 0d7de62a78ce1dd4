import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@libsql/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, type Member, mostAtOnce, type Orders, startMember } from './crowd.ts'
import { hasRedis, needsRedis, type RedisServer, startRedis } from './redis-server.ts'

const timeout = 60_000
let program: string
let members: Member[]

beforeAll(async () => {
  program = await buildProgram(new URL('calls.ts', import.meta.url))
  members = Array.from({ length: 8 }, () => startMember(program))
})
afterAll(() => {
  for (const { process } of members) process.kill('SIGKILL')
  rmSync(program)
})

function testProcesses(state: () => string, check?: () => Promise<void>): void {
  /** All do the same at the same time. */
  async function all(given: Omit<Orders, 'state'>) {
    const orders = { ...given, state: state() }
    const reports = await Promise.all(members.map((member) => member.carryOut(orders)))
    const refused = (code: string) => reports.reduce((sum, report) => sum + (report.refused[code] ?? 0), 0)
    return { sent: reports.flatMap(({ sent }) => sent), refused }
  }

  it('never exceed a limit of requests and tokens, and use all of it', { timeout }, async () => {
    const limit = { requestsPerMinute: 50, tokensPerMinute: 4_000 }
    const { sent, refused } = await all({ key: 'rates', calls: 15, limit, answerMs: 5 })
    // 40 answers of 100 tokens are 4,000.
    expect([sent.length, refused('rate-limit')]).toEqual([40, 80])
  })

  it('never exceed a limit of requests at once, and each gets its turn', { timeout }, async () => {
    const orders = { key: 'places', calls: 6, limit: { concurrency: 5 }, timeout: 50_000, answerMs: 10 }
    const { sent } = await all(orders)
    expect(sent).toHaveLength(48)
    expect(mostAtOnce(sent)).toBeLessThanOrEqual(5)
    expect(mostAtOnce(sent)).toBeGreaterThan(1)
  })

  it('never overspend a budget, and spend all of it', { timeout }, async () => {
    const { sent, refused } = await all({ key: 'budget', calls: 10, budget: 3_333, answerMs: 5 })
    expect([sent.length, refused('quota')]).toEqual([33, 47])
  })

  it('share cached answers', { timeout }, async () => {
    await members[0]?.carryOut({ state: state(), key: 'cache', calls: 5, cache: true, answerMs: 1 })
    expect((await all({ key: 'cache', calls: 5, cache: true, answerMs: 1 })).sent).toHaveLength(0)
  })

  it('lose nothing when one is killed: its place comes free, what it set aside stays spent', { timeout }, async () => {
    const [victim, heir] = [startMember(program), members[0] as Member]
    const orders = { state: state(), key: 'killed', limit: { concurrency: 3 }, lease: 2_000, cache: true }
    // Three requests that never end; four more wait in line.
    victim.carryOut({ ...orders, budget: 1_000, calls: 7, timeout: 50_000, answerMs: 100_000 }).catch(() => {})
    // Whoever is refused knows that all places are taken.
    const isFull = async () =>
      (await heir.carryOut({ ...orders, calls: 1, answerMs: 1, cache: false })).refused['rate-limit'] === 1
    while (!(await isFull())) await pause(20)
    victim.process.kill('SIGKILL')
    await once(victim.process, 'exit')
    const { sent, refused } = await heir.carryOut({ ...orders, budget: 1_000, calls: 20, timeout: 30_000, answerMs: 1 })
    expect([sent.length, refused]).toEqual([7, { quota: 13 }])
    expect(await heir.carryOut({ ...orders, calls: 20, timeout: 30_000, answerMs: 1 })).toMatchObject({
      sent: { length: 13 },
      refused: {},
    })
  })

  it('find everything whole when one is killed while it writes', { timeout }, async () => {
    const [victim, heir] = [startMember(program), members[0] as Member]
    const orders = { state: state(), key: 'torn', budget: 1_000_000, cache: true, answerMs: 0 }
    await victim.carryOut({ ...orders, calls: 1 })
    victim.carryOut({ ...orders, calls: 5_000 }).catch(() => {})
    await pause(150)
    victim.process.kill('SIGKILL')
    await once(victim.process, 'exit')
    const { sent, refused } = await all({ ...orders, calls: 50 })
    expect(refused('network')).toBe(0)
    // What the victim had kept by then is there.
    expect(sent.length).toBeLessThan(8 * 50)
    expect(await heir.carryOut({ ...orders, calls: 50 })).toMatchObject({ sent: [], refused: {} })
    await check?.()
  })
}

describe.skipIf(!hasRedis)(`eight processes and one Redis${hasRedis ? '' : ` (skipped: ${needsRedis})`}`, () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())
  testProcesses(() => server.url)
})

describe('eight processes and one SQLite file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'anymodel-processes-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  const url = `file:${join(dir, 'state.db')}`
  testProcesses(
    () => url,
    async () => {
      const client = createClient({ url })
      const { rows } = await client.execute('PRAGMA integrity_check')
      client.close()
      expect(rows[0]?.integrity_check).toBe('ok')
    },
  )
})
