import { lowestFirst, type Strategy, type StrategyContext } from './strategy.ts'

/**
 * At random, each as often as its weight says; also who comes second, and third. A weight of 0 comes after all others.
 * Drawing without replacement after Efraimidis and Spirakis, https://doi.org/10.1016/j.ipl.2005.11.003
 */
export const weighted = (context: StrategyContext): Strategy => ({
  rank: () =>
    lowestFirst(context, (target) => {
      const { weight = 0 } = context.targets[target] ?? {}
      return weight > 0 ? -Math.log(1 - context.random()) / weight : Number.POSITIVE_INFINITY
    }),
})
