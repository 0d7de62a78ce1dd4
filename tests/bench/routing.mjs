// How the strategies of `withBalance` fare against services that fail, are slow, limited or flap: a thousand minutes of virtual time each, from a seed.
import { simulate, strategies } from './simulate-routing.mjs'

export const title =
  'Routing, a thousand simulated minutes: failed calls, first content in ms, US dollars for 1,000 answers'

export async function run({ quick }) {
  const minutes = quick ? 60 : 1_000
  const json = {}
  for (const strategy of strategies) {
    const [once, thrice] = [
      await simulate({ strategy, minutes, attempts: 1 }),
      await simulate({ strategy, minutes, attempts: 3 }),
    ]
    json[strategy] = { 'one attempt': once, 'three attempts': thrice }
  }
  const percent = (share) => `${(share * 100).toFixed(2)}%`
  const cells = ({ errorRate, p50, p99, costPer1000 }) => [percent(errorRate), p50, p99, costPer1000]
  return {
    head: ['strategy', 'attempts', 'failed', 'p50', 'p99', 'cost'],
    rows: Object.entries(json).flatMap(([strategy, { 'one attempt': once, 'three attempts': thrice }]) => [
      [strategy, 1, ...cells(once)],
      [strategy, 3, ...cells(thrice)],
    ]),
    json,
  }
}
