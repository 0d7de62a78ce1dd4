// One strategy against simulated services: a request about every two seconds of virtual time.
import { withBalance, withFallback, withTimeout } from '@anymodel/core'
import { seeded } from '@anymodel/testing'
import { simulatedTargets } from './simulated-targets.mjs'
import { inVirtualTime } from './virtual-time.mjs'

/** 800 tokens, about. */
const messages = [{ role: 'user', content: 'word '.repeat(640) }]
const deadline = 2_000
/** Milliseconds between requests, on average. */
const apart = 2_000

export const strategies = ['in order', 'weighted', 'least-busy', 'latency', 'cost', 'adaptive']

/** What became of the calls of so many minutes. `attempts`: requests that a call may take. The same seed gives the same figures. */
export const simulate = ({ strategy, minutes, attempts, seed = 1 }) =>
  inVirtualTime(async (now) => {
    const random = seeded(seed)
    const targets = simulatedTargets(seeded(seed + 1), now)
    const model = routed(strategy, targets, { attempts, clock: now, random: seeded(seed + 2) })
    const prices = new Map(targets.map(({ model: { id }, price }) => [id, price]))
    const calls = []
    while (now() < minutes * 60_000) {
      calls.push(ask(model, prices, now))
      await new Promise((resolve) => setTimeout(resolve, -Math.log(1 - random()) * apart))
    }
    return summary(await Promise.all(calls))
  })

function routed(strategy, targets, { attempts, clock, random }) {
  const clocked = targets.map(({ model, price }) => ({ model: withTimeout(model, { firstContent: 5_000 }), price }))
  const bounds = { maxAttempts: attempts, retries: 0 }
  if (strategy === 'in order')
    return withFallback(
      clocked.map(({ model }) => model),
      bounds,
    )
  return withBalance(clocked, { strategy, deadline, badOutcomeCost: 0.02, clock, random, ...bounds })
}

async function ask(model, prices, now) {
  const startedAt = now()
  let firstContentMs
  let cost = 0
  try {
    for await (const part of model.stream({ messages })) {
      if (part.type === 'text') firstContentMs ??= now() - startedAt
      if (part.type !== 'finish') continue
      const price = prices.get(part.response.model)
      cost = (part.usage.input * price.input + part.usage.output * price.output) / 1e6
    }
    return { firstContentMs, cost }
  } catch {
    return { failed: true }
  }
}

function summary(calls) {
  const answered = calls.filter(({ failed }) => !failed)
  const times = answered.map(({ firstContentMs }) => firstContentMs).sort((a, b) => a - b)
  const at = (share) => Math.round(times[Math.floor(times.length * share)])
  return {
    calls: calls.length,
    errorRate: (calls.length - answered.length) / calls.length,
    p50: at(0.5),
    p99: at(0.99),
    costPer1000: (answered.reduce((sum, { cost }) => sum + cost, 0) / answered.length) * 1_000,
  }
}
