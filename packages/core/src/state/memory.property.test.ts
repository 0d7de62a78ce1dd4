import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryState } from './memory.ts'
import { pieceOf } from './pieces.ts'
import type { Hold } from './state.ts'

const window = 6_000

/** What happens to a state: time passes, something is claimed, a hold is settled, or never is. */
const step = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ type: fc.constant('take' as const), amount: fc.integer({ min: 0, max: 60 }) }),
  fc.record({
    type: fc.constant('settle' as const),
    which: fc.nat(30),
    share: fc.integer({ min: 0, max: 10_000 }).map((share) => share / 10_000),
  }),
)

describe('a state, whatever happens in whatever order', () => {
  it('has never granted more than the limit within any window, counting what was settled as it was settled', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 100 }), async (steps, limit) => {
        let now = 0
        const state = memoryState({ now: () => now })
        // What is known to have been used, and when it was granted.
        const uses: { at: number; amount: number; hold: Hold | undefined }[] = []
        const within = () => uses.filter(({ at }) => at > now - window).reduce((sum, { amount }) => sum + amount, 0)
        for (const one of steps) {
          if (one.type === 'wait') now += one.ms
          else if (one.type === 'take') {
            const taken = await state.take([{ key: 'k', amount: one.amount, limit, window }])
            if (taken.granted) uses.push({ at: now, amount: one.amount, hold: taken.holds[0] })
            else {
              expect(within() + one.amount + countedLonger(uses, now)).toBeGreaterThan(limit)
              expect(taken.wait).toBeLessThanOrEqual(window + pieceOf(window))
            }
          } else {
            const use = uses.filter(({ hold }) => hold)[one.which]
            if (!use?.hold) continue
            const amount = Math.floor(use.amount * one.share)
            await state.settle([{ hold: use.hold, amount }])
            use.amount = amount
            use.hold = undefined
          }
          expect(within()).toBeLessThanOrEqual(limit)
        }
        now += window + pieceOf(window) + 1
        expect((await state.take([{ key: 'k', amount: limit, limit, window }])).granted).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('has all places free at the end, when each lease was given back or has lapsed', async () => {
    const action = fc.record({ name: fc.integer({ min: 0, max: 9 }), gives: fc.boolean(), ms: fc.nat(2_000) })
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), async (actions, limit) => {
        let now = 0
        const state = memoryState({ now: () => now })
        const held = new Map<string, { hold: Hold; until: number }>()
        for (const { name, gives, ms } of actions) {
          const lease = String(name)
          now += ms
          for (const [one, { until }] of held) if (until <= now) held.delete(one)
          const mine = held.get(lease)
          if (gives && mine) {
            await state.settle([{ hold: mine.hold, amount: 0 }])
            held.delete(lease)
            continue
          }
          const taken = await state.take([{ key: 'k', amount: 1, limit, window, lease }])
          expect(taken.granted).toBe(mine !== undefined || held.size < limit)
          if (taken.granted) held.set(lease, { hold: taken.holds[0] as Hold, until: now + window })
          expect(held.size).toBeLessThanOrEqual(limit)
        }
        for (const { hold } of held.values()) await state.settle([{ hold, amount: 0 }])
        const all = Array.from({ length: limit }, (_, at) =>
          state.take([{ key: 'k', amount: 1, limit, window, lease: `new ${at}` }]),
        )
        expect((await Promise.all(all)).every(({ granted }) => granted)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

/** What may still count although its window is over: no longer than a piece. */
const countedLonger = (uses: readonly { at: number; amount: number }[], now: number): number =>
  uses
    .filter(({ at }) => at <= now - window && at > now - window - pieceOf(window) - 1)
    .reduce((sum, { amount }) => sum + amount, 0)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

it('a state does not grow with the number of calls', async () => {
  let now = 0
  const state = memoryState({ now: () => now, maxBytes: 100_000 })
  collect()
  const before = process.memoryUsage().heapUsed
  for (let call = 0; call < 60_000; call++) {
    now += 10
    const taken = await state.take([
      { key: 'rate', amount: 1, limit: 1e9, window: 60_000 },
      { key: 'budget', amount: 1, limit: 1e9, window: 86_400_000 },
      { key: 'places', amount: 1, limit: 10, window: 30_000, lease: String(call) },
      { key: `tenant ${call}`, amount: 1, limit: 10, window: 1_000 },
    ])
    if (!taken.granted) throw new Error('it must be granted')
    await state.settle(taken.holds.map((hold) => ({ hold, amount: hold.isLease ? 0 : 2 })))
    await state.set(`value ${call}`, 'x'.repeat(100), 1_000_000)
  }
  collect()
  // A minute's keys stay until the next sweep: 6,000 of the 60,000 tenants. A state that kept all would have 50 MB or more.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(25e6)
})
