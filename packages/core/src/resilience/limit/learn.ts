import { isAnyModelError } from '../../errors.ts'
import { resetTime } from '../../http/reset-time.ts'
import type { Outcome } from '../ticket.ts'
import type { Amounts } from './claims.ts'

type Headers = Readonly<Record<string, string>>

/** What a service said is left of one limit, and how fast it comes back. */
interface Left {
  amount: number
  /** Per millisecond; 0 when all comes back at once. */
  readonly rate: number
  /** When the limit is whole again, and when this was said: milliseconds on our clock. */
  readonly resetAt: number
  readonly saidAt: number
}

/** Nobody waits longer than this because of a header. */
const longest = 3_600_000

/** What a service's answers say about its limits: `x-ratelimit-remaining-requests`, `anthropic-ratelimit-tokens-remaining` and the like, and how long a refused request should wait. */
export class Learned {
  readonly #now: () => number
  readonly #left: { requests?: Left; tokens?: Left } = {}
  #pausedUntil = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** What a request's end says: the headers of its answer, or for how long it was refused. */
  ended({ finish, error }: Outcome): void {
    const headers = finish?.response.headers
    if (headers) this.#answered(headers)
    if (!isAnyModelError(error) || error.code !== 'rate-limit' || error.retryAfter === undefined) return
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + Math.min(error.retryAfter, longest))
  }

  #answered(headers: Headers): void {
    for (const kind of ['requests', 'tokens'] as const) {
      const left = leftOf(headers, kind, this.#now())
      if (left) this.#left[kind] = left
    }
  }

  /** A request goes out. */
  sent(amounts: Amounts): void {
    for (const kind of ['requests', 'tokens'] as const) {
      const left = this.#left[kind]
      if (left) left.amount -= amounts[kind]
    }
  }

  /** Milliseconds until a request may go out. */
  wait(amounts: Amounts): number {
    const now = this.#now()
    return Math.max(0, this.#pausedUntil - now, this.#waitFor('requests', amounts), this.#waitFor('tokens', amounts))
  }

  #waitFor(kind: 'requests' | 'tokens', amounts: Amounts): number {
    const left = this.#left[kind]
    if (!left) return 0
    const untilReset = left.resetAt - this.#now()
    if (untilReset <= 0) {
      delete this.#left[kind]
      return 0
    }
    const missing = amounts[kind] - left.amount
    if (missing <= 0) return 0
    const untilEnough = left.rate > 0 ? left.saidAt + missing / left.rate - this.#now() : untilReset
    return Math.max(0, Math.min(untilReset, untilEnough))
  }
}

/** Of several limits of one kind (a minute's, a day's; input, output) the one with the least left. */
function leftOf(headers: Headers, kind: 'requests' | 'tokens', now: number): Left | undefined {
  let least: Left | undefined
  for (const [name, value] of Object.entries(headers)) {
    if (kindOf(name) !== kind || value.trim() === '') continue
    const amount = Number(value)
    const reset = resetOf(headers, name)
    if (!(amount >= 0) || reset === undefined || !(reset > 0) || (least && least.amount <= amount)) continue
    const limit = Number(headers[name.replace('remaining', 'limit')])
    const rate = limit > amount ? (limit - amount) / reset : 0
    least = { amount, rate, resetAt: now + Math.min(reset, longest), saidAt: now }
  }
  return least
}

function kindOf(name: string): 'requests' | 'tokens' | undefined {
  if (!/^(?:x|anthropic)-ratelimit-.*remaining/.test(name)) return undefined
  if (name.includes('token')) return 'tokens'
  return /req|-remaining$/.test(name) ? 'requests' : undefined
}

/** Milliseconds until a limit is whole again. The service's own date counts, where it says one: clocks differ. */
function resetOf(headers: Headers, name: string): number | undefined {
  const text = headers[name.replace('remaining', 'reset')]
  if (text !== undefined) return resetTime(text, Date.parse(headers.date ?? '') || Date.now())
  return /minute/.test(name) ? 60_000 : undefined
}
