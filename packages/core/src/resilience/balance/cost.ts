import type { TextCall } from '../../contract/text.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import { lowestFirst, type Outcome, type Price, type Strategy, type StrategyContext } from './strategy.ts'

/** The cheapest target for the call: its input as it is, its output as long as answers were lately. Targets without a price come last. */
export function cost(context: StrategyContext): Strategy {
  const estimate = new CostEstimate()
  return {
    rank(call) {
      const costOf = estimate.of(call)
      return lowestFirst(context, (target) => costOf(context.targets[target]?.price) ?? Number.POSITIVE_INFINITY)
    },
    ended: (_, outcome) => estimate.ended(outcome),
  }
}

/** What a call may cost, learned from how long answers are. */
export class CostEstimate {
  /** Mean tokens of an answer, the last ones counting more. */
  #output: number | undefined

  ended({ output }: Outcome): void {
    if (output !== undefined) this.#output = this.#output === undefined ? output : this.#output * 0.9 + output * 0.1
  }

  /** US dollars at a price; `undefined` when it is not known. */
  of(call: TextCall): (price: Price | undefined) => number | undefined {
    const input = estimateTokens(call)
    const output = Math.min(this.#output ?? 500, call.maxTokens ?? Number.POSITIVE_INFINITY)
    return (price) =>
      price?.input === undefined || price.output === undefined
        ? undefined
        : (price.input * input + price.output * output) / 1_000_000
  }
}
