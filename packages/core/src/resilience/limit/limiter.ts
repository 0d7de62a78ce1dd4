import { AnyModelError, isAnyModelError } from '../../errors.ts'
import type { Claim, Hold, State, Taken } from '../../state/state.ts'
import type { Outcome, Ticket } from '../ticket.ts'
import { ourLimits } from '../verdict.ts'
import { type Amounts, type LimitKind, type Rates, settlementsOf, toClaims } from './claims.ts'
import { Learned } from './learn.ts'
import { Leases } from './leases.ts'
import { FairQueue } from './queue.ts'
import { type Waiter, type Wanted, waitForTicket } from './waiter.ts'

/** The options of `withLimit`, filled in. */
export interface LimitSettings extends Rates {
  readonly queue: { readonly max: number; readonly timeout: number }
  readonly learn: boolean
  readonly state: State
  readonly onStateError: 'allow' | 'refuse'
  readonly model: { readonly provider: string; readonly id: string }
}

/** Places of other processes come free without a word: the state is asked after this many milliseconds, then after twice as many. */
const polls = { first: 10, last: 250 }

/** Lets requests through as the limits have room; the others wait. */
export class Limiter {
  readonly #settings: LimitSettings
  readonly #learned = new Learned(() => performance.now())
  readonly #queue = new FairQueue<Waiter>()
  readonly #leases: Leases
  #isPumping = false
  /** Runs while the one in front has to wait. */
  #timer: NodeJS.Timeout | undefined
  #poll = polls.first
  /** What those are told who can't wait: milliseconds until there may be room. */
  #wait = 1_000

  constructor(settings: LimitSettings) {
    this.#settings = settings
    this.#leases = new Leases(settings.state, settings.lease)
  }

  /** Waits for its turn. */
  enter(wanted: Wanted, left: AbortSignal): Promise<Ticket> {
    const { max, timeout } = this.#settings.queue
    if (this.#timer && this.#queue.size >= max) return Promise.reject(this.#full())
    return waitForTicket({
      wanted,
      left,
      timeout,
      begin: (waiter) => {
        this.#queue.add(waiter)
        void this.#pump()
      },
      gone: (waiter) => {
        this.#queue.delete(waiter)
        // Who stood behind it may want less.
        void this.#pump()
      },
      late: () => this.#refusal(`no turn came within ${timeout} ms`),
    })
  }

  /** Serves those who wait, until one of them has to wait on. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return
    this.#isPumping = true
    this.#stopWaiting()
    for (let next = this.#queue.peek(); next; next = this.#queue.peek()) {
      const wait = await this.#serve(next)
      if (wait === 0) continue
      this.#timer = setTimeout(() => void this.#pump(), wait)
      break
    }
    this.#isPumping = false
    if (this.#timer) for (const one of this.#queue.beyond(this.#settings.queue.max)) one.fail(this.#full())
    if (this.#queue.size === 0) this.#stopWaiting()
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Gives the one in front its ticket or an error. Gives milliseconds when it has to wait on. */
  async #serve(waiter: Waiter): Promise<number> {
    const amounts: Amounts = { requests: 1, tokens: waiter.tokens }
    const learned = this.#settings.learn ? this.#learned.wait(amounts) : 0
    if (learned > 0) return this.#postpone(waiter, learned, waiter.patience() >= learned)
    const claims = toClaims(this.#settings, amounts)
    const taken = await this.#take(claims)
    if ('error' in taken) waiter.fail(taken.error)
    else if (taken.granted) this.#grant(waiter, taken.holds, amounts)
    else if (this.#queue.has(waiter)) {
      const { kind, left = Number.POSITIVE_INFINITY } = claims[taken.at] ?? {}
      return this.#refused(waiter, kind, Math.min(taken.wait, left))
    }
    return 0
  }

  async #take(claims: readonly Claim[]): Promise<Taken | { readonly error: unknown }> {
    const { state, onStateError } = this.#settings
    if (claims.length === 0) return { granted: true, holds: [] }
    try {
      return await state.take(claims)
    } catch (error) {
      if (onStateError === 'allow') return { granted: true, holds: [] }
      const { provider, id } = this.#settings.model
      return { error: isAnyModelError(error) ? error.with({ provider, model: id }) : error }
    }
  }

  #grant(waiter: Waiter, holds: readonly Hold[], amounts: Amounts): void {
    this.#poll = polls.first
    // It went away while the state was asked.
    if (!this.#queue.has(waiter)) return void this.#settle(holds, { isFree: true })
    this.#queue.served(waiter)
    this.#learned.sent(amounts)
    this.#leases.keep(holds)
    waiter.pass({ end: (outcome) => this.#end(holds, outcome) })
  }

  #refused(waiter: Waiter, kind: LimitKind | undefined, wait: number): number {
    if (kind !== 'concurrency') return this.#postpone(waiter, wait, kind === 'tokens' || waiter.patience() >= wait)
    const poll = this.#poll
    this.#poll = Math.min(2 * poll, polls.last)
    return this.#postpone(waiter, poll, true)
  }

  /** Waits on; or not, where that is sure to be in vain. */
  #postpone(waiter: Waiter, wait: number, mayHelp: boolean): number {
    this.#wait = wait
    if (mayHelp && waiter.patience() > 0) return wait
    waiter.fail(this.#refusal(`the next turn is in ${Math.ceil(wait)} ms`))
    return 0
  }

  async #end(holds: readonly Hold[], outcome: Outcome): Promise<void> {
    this.#learned.ended(outcome)
    this.#leases.drop(holds)
    await this.#settle(holds, outcome)
    void this.#pump()
  }

  async #settle(holds: readonly Hold[], outcome: Outcome): Promise<void> {
    if (holds.length === 0) return
    // What can't be told to the state lapses there.
    await this.#settings.state.settle(settlementsOf(this.#settings, holds, outcome)).catch(() => {})
  }

  #full(): AnyModelError {
    return this.#refusal(`${this.#settings.queue.max} requests are waiting already`)
  }

  #refusal(why: string): AnyModelError {
    const { provider, id } = this.#settings.model
    const message = `${provider}/${id}: the limit is reached, and ${why}. Nothing was sent.`
    const retryAfter = Math.ceil(this.#wait)
    const info = { provider, model: id, providerCode: ourLimits.limit, retryAfter, phase: 'connect' } as const
    return new AnyModelError('rate-limit', message, info)
  }
}
