import { AnyModelError, isAnyModelError } from '../../errors.ts'
import type { State, Taken } from '../../state/state.ts'
import type { Spent } from '../price.ts'
import type { Outcome, Ticket } from '../ticket.ts'
import { ourLimits } from '../verdict.ts'
import type { Unit } from './cost.ts'
import { budgetKey, windowOf } from './window.ts'

interface PurseSettings {
  readonly unit: Unit
  readonly per: number | '1mo'
  readonly key: string
  readonly state: State
  readonly onStateError: 'allow' | 'refuse'
  readonly model: { readonly provider: string; readonly id: string }
}

const unwatched: Ticket = { end: async () => {} }

/** What may be spent. It sets aside what a request may cost, and takes what it did. */
export class Purse {
  readonly #settings: PurseSettings

  constructor(settings: PurseSettings) {
    this.#settings = settings
  }

  /** Sets aside what a request may use at most. Rejects with `quota` when there may be too little left. */
  async take(most: Spent, owner: string): Promise<Ticket> {
    const { unit, per, key, state } = this.#settings
    const amount = unit.cost(most)
    if (amount > unit.limit) throw this.#exceeded(amount)
    const { month, window, left } = windowOf(per)
    const claim = { key: budgetKey(key, owner, month), amount, limit: unit.limit, window }
    const taken = await this.#ask(() => state.take([claim]))
    if (!taken) return unwatched
    if (!taken.granted) throw this.#exceeded(amount, Math.min(taken.wait, left))
    const [hold] = taken.holds
    return {
      end: async (outcome) => {
        const spent = costOf(outcome, most, unit)
        // What can't be told to the state stays set aside.
        if (hold && spent !== undefined && spent !== amount)
          await state.settle([{ hold, amount: spent }]).catch(() => {})
      },
    }
  }

  async #ask(take: () => Promise<Taken>): Promise<Taken | undefined> {
    try {
      return await take()
    } catch (error) {
      if (this.#settings.onStateError === 'allow') return undefined
      throw isAnyModelError(error) ? error.with(this.#who()) : error
    }
  }

  #exceeded(amount: number, retryAfter?: number): AnyModelError {
    const { unit, key, per } = this.#settings
    const { provider, model } = this.#who()
    const left = retryAfter === undefined ? 'that is more than all of it' : 'there may be too little left'
    const budget = `the budget "${key}" is ${unit.print(unit.limit)} in ${per === '1mo' ? 'a calendar month' : `${per} ms`}`
    const message = `${provider}/${model}: ${budget}, and this call may take ${unit.print(amount)}: ${left}. Nothing was sent.`
    const info = { ...this.#who(), providerCode: ourLimits.budget, retryAfter, phase: 'connect' } as const
    return new AnyModelError('quota', message, info)
  }

  #who() {
    const { provider, id } = this.#settings.model
    return { provider, model: id }
  }
}

/** What a request did cost; `undefined` when nobody knows. Of a count that the service left out, what was set aside counts. */
function costOf({ isFree, usage }: Outcome, most: Spent, unit: Unit): number | undefined {
  if (!usage) return isFree ? 0 : undefined
  if (isFree) return unit.cost(usage)
  const told = Object.fromEntries(Object.entries(usage).filter(([, amount]) => amount !== undefined))
  return unit.cost({ ...most, ...told })
}
