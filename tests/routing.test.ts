import { expect, it } from 'vitest'
import { simulate, strategies } from './bench/simulate-routing.mjs'

/** A hundred minutes of services that fail, are slow, limited or flap: each strategy does what it is for. */
it('in simulated time, every strategy keeps its promise', async () => {
  const of = (strategy: string, attempts: number) => simulate({ strategy, minutes: 100, attempts })
  const once = Object.fromEntries(
    await inTurn(strategies, async (strategy) => [strategy, await of(strategy, 1)] as const),
  )
  const { weighted, latency, cost, adaptive } = once as Record<string, Awaited<ReturnType<typeof of>>>
  if (!weighted || !latency || !cost || !adaptive) throw new Error('unreachable: these are strategies')
  expect(adaptive.errorRate).toBeLessThan(weighted.errorRate / 2)
  expect(adaptive.costPer1000).toBeLessThan(weighted.costPer1000 / 2)
  expect(adaptive.p99).toBeLessThan(weighted.p99)
  for (const [name, { p50, costPer1000 }] of Object.entries(once)) {
    if (name !== 'latency') expect(latency.p50, name).toBeLessThan(p50)
    if (name !== 'cost') expect(cost.costPer1000, name).toBeLessThan(costPer1000)
  }
  const thrice = await inTurn(strategies, (strategy) => of(strategy, 3))
  for (const { errorRate } of thrice) expect(errorRate).toBeLessThan(0.002)
}, 60_000)

it('the same seed gives the same figures', async () => {
  const figures = () => simulate({ strategy: 'adaptive', minutes: 10, attempts: 2, seed: 7 })
  expect(await figures()).toEqual(await figures())
})

async function inTurn<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const all: R[] = []
  for (const one of list) all.push(await work(one))
  return all
}
