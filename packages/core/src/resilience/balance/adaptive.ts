import { isAnyModelError } from '../../errors.ts'
import { verdictOf } from '../verdict.ts'
import { CostEstimate } from './cost.ts'
import { drawBeta, drawGamma, drawNormal, normalBelow } from './distributions.ts'
import { isAmount, isForEach, lowestFirst, type Outcome, type Strategy, type StrategyContext } from './strategy.ts'

export interface AdaptiveOptions {
  /** Milliseconds within which the first content should come. Default 10,000. */
  readonly deadline?: number
  /** What an answer that fails or comes late costs you, in US dollars: what the strategy weighs prices against. Default 0.01. */
  readonly badOutcomeCost?: number
}

/** So many former requests a target's times are known by, at most: older ones fade, so that a target that became slow is noticed. */
const memory = 50
/** Milliseconds after which half of what is known of a target's failures is forgotten, so that it is tried again. */
const halfLife = 300_000
/** Of the moving average of failures. */
const rate = 0.2
/** What is known of failures: of a target that nobody asked, and how many requests it stands for at first and at most (an average of this rate is about as sure as nine). */
const unknown = { failure: 0.05, trust: 2 }
const mostTrust = 10
/** No target is so good, or so bad, that there is nothing to find out. */
const doubt = 0.1

/** What is known of one target: how often it fails, and Welford's sums of the logarithms of its times. */
interface Known {
  failure: number
  /** So many requests the average stands for. */
  trust: number
  /** When both were true. */
  at: number
  count: number
  mean: number
  squares: number
}

const numbers = ['failure', 'trust', 'at', 'count', 'squares'] as const satisfies (keyof Known)[]

function isKnown(value: unknown): value is Known {
  const known = (value ?? {}) as Partial<Known>
  const isShare = isAmount(known.failure) && known.failure <= 1 && isAmount(known.trust) && known.trust <= mostTrust
  return isShare && Number.isFinite(known.mean) && numbers.every((name) => isAmount(known[name]))
}

/**
 * Weighs price, failures and times, and tries now and then what it knows little of: Thompson sampling. Of each target it has a moving average of failures, and how long the first content takes: a log-normal
 * distribution with a normal-inverse-gamma prior. For each call a share of failures and a distribution of times are drawn for each target; the lowest expected cost is first. Without a price, a target is
 * taken to cost as much as the dearest.
 */
export function adaptive(context: StrategyContext, options: AdaptiveOptions): Strategy {
  const { deadline = 10_000, badOutcomeCost = 0.01 } = options
  const { clock, random } = context
  const estimate = new CostEstimate()
  let known = context.targets.map((): Known => ({ ...unknown, at: clock(), count: 0, mean: 0, squares: 0 }))
  return {
    rank(call) {
      const costOf = estimate.of(context.kind, call)
      const costs = context.targets.map(({ price }) => costOf(price))
      const dearest = Math.max(0, ...costs.filter((one) => one !== undefined))
      return lowestFirst(context, (target) => {
        const one = known[target] as Known
        fade(one, clock())
        const failed = drawBeta(one.failure * one.trust + doubt, (1 - one.failure) * one.trust + doubt, random)
        const late = drawLate(one, deadline, random)
        return (costs[target] ?? dearest) + badOutcomeCost * (failed + (1 - failed) * late)
      })
    },
    ended(target, outcome) {
      estimate.ended(outcome)
      const one = known[target] as Known
      const isFailure = isAnyModelError(outcome.result) && verdictOf(outcome.result) === 'elsewhere'
      if (isFailure || outcome.result === 'ok') {
        fade(one, clock())
        one.failure = one.failure * (1 - rate) + (isFailure ? rate : 0)
        one.trust = Math.min(one.trust + 1, mostTrust)
      }
      const time = timeOf(outcome, deadline)
      if (time !== undefined) learn(one, Math.log(Math.max(1, time)))
    },
    save: () => ({ targets: known, cost: estimate.save() }),
    load(saved) {
      const { targets, cost } = (saved ?? {}) as { readonly targets?: unknown; readonly cost?: unknown }
      if (!isForEach(targets, context, isKnown) || !estimate.load(cost)) return false
      // Clocks differ: nothing is known of the future.
      known = targets.map((one) => ({ ...one, at: Math.min(one.at, clock()) }))
      return true
    },
  }
}

/** A time is known from content, or from the lack of it: a clock that ran out means at least that long. */
function timeOf({ result, firstContentMs, durationMs }: Outcome, deadline: number): number | undefined {
  if (firstContentMs !== undefined) return firstContentMs
  return isAnyModelError(result) && result.code === 'timeout' ? Math.max(durationMs, deadline) : undefined
}

/** What is known of failures is old news after a while. */
function fade(known: Known, now: number): void {
  const left = 0.5 ** (Math.max(0, now - known.at) / halfLife)
  known.failure = unknown.failure + (known.failure - unknown.failure) * left
  known.trust = unknown.trust + (known.trust - unknown.trust) * left
  known.at = now
}

function learn(known: Known, value: number): void {
  if (known.count >= memory) {
    known.squares *= (memory - 1) / known.count
    known.count = memory - 1
  }
  known.count++
  const delta = value - known.mean
  known.mean += delta / known.count
  known.squares += delta * (value - known.mean)
}

/** The share of requests that take longer than the deadline, in a world drawn from what is known. */
function drawLate({ count, mean, squares }: Known, deadline: number, random: () => number): number {
  const prior = { mean: Math.log(deadline / 2), strength: 1, shape: 2, rate: Math.LN2 ** 2 }
  const strength = prior.strength + count
  const center = (prior.strength * prior.mean + count * mean) / strength
  const spread = prior.rate + squares / 2 + (prior.strength * count * (mean - prior.mean) ** 2) / (2 * strength)
  const precision = drawGamma(prior.shape + count / 2, spread, random)
  const drawn = center + drawNormal(random) / Math.sqrt(strength * precision)
  return 1 - normalBelow((Math.log(deadline) - drawn) * Math.sqrt(precision))
}
