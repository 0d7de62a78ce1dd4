import { lowestFirst, type Strategy, type StrategyContext } from './strategy.ts'

/** The target with the fewest requests under way, in proportion to its weight. */
export function leastBusy(context: StrategyContext): Strategy {
  const busy = context.targets.map(() => 0)
  return {
    rank: () =>
      lowestFirst(context, (target) => ((busy[target] as number) + 1) / (context.targets[target]?.weight || 1e-9)),
    started: (target) => void (busy[target] as number)++,
    ended: (target) => void (busy[target] as number)--,
  }
}
