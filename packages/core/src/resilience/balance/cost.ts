import { measured } from '../call-measures.ts'
import type { AnyCall, Kind } from '../kinds.ts'
import { besidesTokens, costAt, isPriced, type Price } from '../price.ts'
import { isAmount, lowestFirst, type Outcome, type Strategy, type StrategyContext } from './strategy.ts'

/** The cheapest target for the call: its input as it is, its output as long as answers were lately, pictures, seconds and characters as they are asked for. Targets without a price come last. */
export function cost(context: StrategyContext): Strategy {
  const estimate = new CostEstimate()
  return {
    rank(call) {
      const costOf = estimate.of(context.kind, call)
      return lowestFirst(context, (target) => costOf(context.targets[target]?.price) ?? Number.POSITIVE_INFINITY)
    },
    ended: (_, outcome) => estimate.ended(outcome),
    save: () => estimate.save(),
    load: (known) => estimate.load(known),
  }
}

/** What a call may cost, learned from how long answers are. */
export class CostEstimate {
  /** Mean tokens of an answer, the last ones counting more. */
  #output: number | undefined

  ended({ output }: Outcome): void {
    if (output !== undefined) this.#output = this.#output === undefined ? output : this.#output * 0.9 + output * 0.1
  }

  save(): { readonly output?: number } {
    return this.#output === undefined ? {} : { output: this.#output }
  }

  load(known: unknown): boolean {
    const { output } = (known ?? {}) as { readonly output?: unknown }
    if (output !== undefined && !isAmount(output)) return false
    this.#output = output ?? this.#output
    return true
  }

  /** US dollars at a price; `undefined` when it is not known. */
  of(kind: Kind, call: AnyCall): (price: Price | undefined) => number | undefined {
    const most = (call as { readonly maxTokens?: number }).maxTokens ?? Number.POSITIVE_INFINITY
    const isWritten = kind === 'text' || kind === 'code'
    const spent = {
      ...besidesTokens(kind, call),
      input: measured(kind, 'tokens', call),
      output: Math.min(this.#output ?? (isWritten ? 500 : 0), most),
    }
    return (price) => (price && isPriced(kind, price) ? costAt(price, spent) : undefined)
  }
}
