import { type AdaptiveOptions, adaptive } from './adaptive.ts'
import { cost } from './cost.ts'
import { type LatencyOptions, latency } from './latency.ts'
import { leastBusy } from './least-busy.ts'
import type { Strategy, StrategyContext } from './strategy.ts'
import { weighted } from './weighted.ts'

/**
 * Who of several targets is asked first.
 *
 * - `weighted`: at random, each as often as its weight says.
 * - `least-busy`: the one with the fewest requests under way.
 * - `latency`: the one whose first content came soonest, over its last ten requests.
 * - `cost`: the cheapest for this call.
 * - `adaptive`: weighs price, failures and times, and learns all the time (Thompson sampling).
 */
export type StrategyName = 'weighted' | 'least-busy' | 'latency' | 'cost' | 'adaptive'

/** What tunes the strategies `latency` and `adaptive`. */
export interface StrategyOptions extends LatencyOptions, AdaptiveOptions {}

export const strategies: Readonly<
  Record<StrategyName, (context: StrategyContext, options: StrategyOptions) => Strategy>
> = { weighted, 'least-busy': leastBusy, latency, cost, adaptive }
