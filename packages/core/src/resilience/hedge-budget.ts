import type { TextCall } from '../contract/text.ts'
import type { AnyCall } from './kinds.ts'

/** First contents remembered, and how many of them it takes to know how long one usually is. */
const remembered = 100
const enough = 20
/** Requests that count for what may be sent besides: after a calm time not all that was saved is spent at once. */
const counted = 100

/** When a second request is worth sending, and whether one more may be sent. */
export class HedgeBudget {
  readonly #after: number | 'p95'
  readonly #maxExtra: number
  readonly #times: number[] = []
  #credit = 0

  constructor(after: number | 'p95', maxExtra: number) {
    this.#after = after
    this.#maxExtra = maxExtra
  }

  /** Counts a request. Gives the milliseconds after which a second one may be sent; `undefined`: not at all. */
  request(call: AnyCall): number | undefined {
    this.#credit = Math.min(this.#credit + this.#maxExtra, Math.max(1, this.#maxExtra * counted))
    if (hasEffects(call)) return undefined
    return this.#after === 'p95' ? this.#p95() : this.#after
  }

  /** Takes one extra request, where there is one to take. */
  take(): boolean {
    // Twenty times 0.05 is not quite 1.
    if (this.#credit < 1 - 1e-9) return false
    this.#credit--
    return true
  }

  /** The first content came after so long, or had not come yet. */
  took(ms: number): void {
    this.#times.push(ms)
    if (this.#times.length > remembered) this.#times.shift()
  }

  #p95(): number | undefined {
    if (this.#times.length < enough) return undefined
    return [...this.#times].sort((a, b) => a - b)[Math.floor(this.#times.length * 0.95)]
  }
}

/** Calls that are not asked twice: those in the middle of a turn with tools, and those whose tools the provider runs. */
function hasEffects({ messages = [], tools = [] }: AnyCall & Partial<TextCall>): boolean {
  const roles = messages.map(({ role }) => role)
  return roles.lastIndexOf('tool') > roles.lastIndexOf('user') || tools.some(({ type }) => type === 'provider')
}
