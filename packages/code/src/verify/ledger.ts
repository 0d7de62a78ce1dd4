import { addUsage, type TextModel, type Usage } from '@anymodel/core'
import type { Evidence, VerifyBudget } from './verify-options.ts'

/** What was spent, and whether there is some left. */
export class Ledger {
  readonly #budget: VerifyBudget
  readonly #end = new AbortController()
  readonly #timer: ReturnType<typeof setTimeout> | undefined
  /** Aborted when the time is spent, or by the caller. */
  readonly signal: AbortSignal
  usage: Usage = {}
  cost: number | undefined

  constructor(budget: VerifyBudget = {}, signal?: AbortSignal) {
    this.#budget = budget
    this.signal = signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal])
    if (budget.timeMs !== undefined)
      this.#timer = setTimeout(() => this.#end.abort(timeSpent), Math.min(budget.timeMs, longestTimer))
  }

  add(usage: Usage, { provider, id }: Pick<TextModel, 'provider' | 'id'>): void {
    this.usage = addUsage(this.usage, usage)
    const cost = this.#budget.costOf?.(usage, { provider, id })
    if (cost !== undefined) this.cost = (this.cost ?? 0) + cost
  }

  /** What there is no more of. */
  get spent(): Extract<Evidence['stopped'], 'time' | 'tokens' | 'cost'> | undefined {
    const { tokens = Number.POSITIVE_INFINITY, cost = Number.POSITIVE_INFINITY } = this.#budget
    if (this.#end.signal.aborted) return 'time'
    if ((this.usage.total ?? (this.usage.input ?? 0) + (this.usage.output ?? 0)) >= tokens) return 'tokens'
    if ((this.cost ?? 0) >= cost) return 'cost'
    return undefined
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

/** Timers that are longer fire at once. */
const longestTimer = 2 ** 31 - 1
const timeSpent = new Error('The time of the budget is spent.')
