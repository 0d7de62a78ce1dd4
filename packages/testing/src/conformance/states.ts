import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Claim, Hold, State } from '@anymodel/core'
import type { Case } from './case.ts'

/** What a case works with. Keys of former cases may be there: each case has its own. */
export interface StateContext {
  readonly state: State
  readonly key: string
}

const claim = (key: string, amount: number, more: Partial<Claim> = {}): Claim => ({
  key,
  amount,
  limit: 10,
  window: 60_000,
  ...more,
})

async function granted(state: State, ...claims: Claim[]): Promise<readonly Hold[]> {
  const taken = await state.take(claims)
  if (!taken.granted) assert.fail(`claim ${taken.at} must be granted`)
  assert.equal(taken.holds.length, claims.length)
  return taken.holds
}

async function refused(state: State, ...claims: Claim[]): Promise<{ readonly at: number; readonly wait: number }> {
  const taken = await state.take(claims)
  if (taken.granted) assert.fail('it must be refused')
  assert.ok(taken.wait >= 1 && Number.isFinite(taken.wait), `a wait of ${taken.wait} ms`)
  return taken
}

const settle = (state: State, hold: Hold | undefined, amount: number) => state.settle([{ hold: hold as Hold, amount }])

export const values: readonly Case<StateContext>[] = [
  {
    name: 'gives back what was set, until it is deleted',
    async run({ state, key }) {
      assert.equal(await state.get(key), undefined)
      await state.set(key, 'one', 60_000)
      await state.set(key, 'Zwölf 🦊 \n"two"', 60_000)
      assert.equal(await state.get(key), 'Zwölf 🦊 \n"two"')
      await state.delete(key)
      await state.delete(key)
      assert.equal(await state.get(key), undefined)
    },
  },
  {
    name: 'forgets a value when its time is over, and counts anew when it is set again',
    async run({ state, key }) {
      await state.set(key, 'one', 1)
      await pause(20)
      assert.equal(await state.get(key), undefined)
      await state.set(key, 'two', 1)
      await state.set(key, 'three', 60_000)
      await pause(20)
      assert.equal(await state.get(key), 'three')
    },
  },
  {
    name: 'keeps large values whole',
    async run({ state, key }) {
      const large = 'é'.repeat(300_000)
      await state.set(key, large, 60_000)
      assert.equal(await state.get(key), large)
    },
  },
]

export const claims: readonly Case<StateContext>[] = [
  {
    name: 'grants what fits and refuses what does not',
    async run({ state, key }) {
      await granted(state, claim(key, 4))
      await granted(state, claim(key, 6))
      assert.equal((await refused(state, claim(key, 1))).at, 0)
      await granted(state, claim(key, 0))
      await granted(state, claim(`${key}-other`, 10))
    },
  },
  {
    name: 'grants all claims or none',
    async run({ state, key }) {
      await granted(state, claim(`${key}-b`, 9))
      assert.equal((await refused(state, claim(`${key}-a`, 10), claim(`${key}-b`, 2))).at, 1)
      await granted(state, claim(`${key}-a`, 10), claim(`${key}-b`, 1))
    },
  },
  {
    name: 'counts what is granted for its window, and for little more',
    async run({ state, key }) {
      const window = 300
      const before = performance.now()
      await granted(state, claim(key, 10, { window }))
      const after = performance.now()
      const { wait } = await refused(state, claim(key, 10, { window }))
      assert.ok(wait <= window + window / 60 + 1, `a wait of ${wait} ms`)
      let taken = await state.take([claim(key, 10, { window })])
      for (; !taken.granted; taken = await state.take([claim(key, 10, { window })])) {
        // Between two clocks lies a millisecond of rounding.
        assert.ok(performance.now() - after < 30_000, 'it must be granted again')
        await pause(5)
      }
      assert.ok(performance.now() - before >= window - 1, 'it must count for the whole window')
    },
  },
  {
    name: 'never grants more than the limit to claims that come at once',
    async run({ state, key }) {
      const taken = await Promise.all(Array.from({ length: 40 }, () => state.take([claim(key, 3)])))
      assert.equal(taken.filter((one) => one.granted).length, 3)
    },
  },
  {
    name: 'gives back what a settled claim did not need, and counts what it needed more',
    async run({ state, key }) {
      const [hold] = await granted(state, claim(key, 8))
      await settle(state, hold, 3)
      await granted(state, claim(key, 7))
      const [more] = await granted(state, claim(key, 0))
      await settle(state, more, 25)
      await refused(state, claim(key, 1, { limit: 35 }))
      await granted(state, claim(key, 1, { limit: 36 }))
    },
  },
  {
    name: 'settles what lapsed only when it came to more',
    async run({ state, key }) {
      const window = 60
      const [less, more] = [
        ...(await granted(state, claim(`${key}-less`, 8, { window }))),
        ...(await granted(state, claim(`${key}-more`, 8, { window }))),
      ]
      await pause(window * 2 + 20)
      const long = { window: 60_000 }
      await granted(state, claim(`${key}-less`, 10, long))
      await settle(state, less, 0)
      await refused(state, claim(`${key}-less`, 1, long))
      await settle(state, { ...(more as Hold), window: 60_000 }, 13)
      await granted(state, claim(`${key}-more`, 5, long))
      await refused(state, claim(`${key}-more`, 1, long))
    },
  },
  {
    name: 'a settlement is plain JSON, and may be made by another process',
    async run({ state, key }) {
      const [hold] = await granted(state, claim(key, 10))
      await settle(state, JSON.parse(JSON.stringify(hold)) as Hold, 0)
      await granted(state, claim(key, 10))
    },
  },
  {
    name: 'tells what counts, where it can, and changes nothing by that',
    async run({ state, key }) {
      if (!state.counted) return
      const [hold] = await granted(state, claim(key, 4))
      await granted(state, claim(key, 3), claim(`${key} lease`, 1, { lease: 'a' }))
      const keys = [key, `${key} lease`, `${key} nobody`]
      assert.deepEqual(await state.counted(keys), [7, 1, 0])
      await settle(state, hold, 1)
      assert.deepEqual(await state.counted(keys), [4, 1, 0])
      assert.deepEqual(await state.counted([]), [])
    },
  },
]

export const leases: readonly Case<StateContext>[] = [
  {
    name: 'a lease counts until it is given back',
    async run({ state, key }) {
      const lease = (name: string) => claim(key, 1, { limit: 2, lease: name })
      const [a] = await granted(state, lease('a'))
      const [b] = await granted(state, lease('7b'))
      await refused(state, lease('c'))
      await settle(state, a, 0)
      await granted(state, lease('c'))
      await settle(state, b, 0)
      await settle(state, b, 0)
      await granted(state, lease('d'))
      await refused(state, lease('e'))
    },
  },
  {
    name: 'a lease that is taken again is one',
    async run({ state, key }) {
      const lease = claim(key, 1, { limit: 1, lease: 'a' })
      await granted(state, lease)
      const [hold] = await granted(state, lease)
      await settle(state, hold, 0)
      await granted(state, { ...lease, lease: 'b' })
    },
  },
  {
    name: 'a lease that nobody renews lapses: a process may have died',
    async run({ state, key }) {
      const lease = (name: string) => claim(key, 1, { limit: 1, window: 400, lease: name })
      await granted(state, lease('dead'))
      const { wait } = await refused(state, lease('next'))
      assert.ok(wait <= 400, `a wait of ${wait} ms`)
      await pause(wait + 5)
      await granted(state, lease('next'))
    },
  },
  {
    name: 'a lease that is renewed stays',
    async run({ state, key }) {
      const window = 1_000
      const lease = (name: string) => claim(key, 1, { limit: 1, window, lease: name })
      const [hold] = await granted(state, lease('a'))
      for (const until = performance.now() + window + 200; performance.now() < until; ) {
        await settle(state, hold, 1)
        await refused(state, lease('b'))
        await pause(50)
      }
      await settle(state, hold, 0)
      await granted(state, lease('b'))
    },
  },
]
