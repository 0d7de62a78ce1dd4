import type { Hold, State } from '../../state/state.ts'

/** The places that this process holds among those of all: they are renewed while it lives. */
export class Leases {
  readonly #state: State
  /** How often, in ms: three times within the life of a lease. */
  readonly #every: number
  readonly #held = new Set<Hold>()
  #timer: NodeJS.Timeout | undefined

  constructor(state: State, lease: number) {
    this.#state = state
    this.#every = lease / 3
  }

  keep(holds: readonly Hold[]): void {
    for (const hold of holds) if (hold.isLease) this.#held.add(hold)
    if (this.#held.size === 0 || this.#timer) return
    this.#timer = setInterval(() => this.#renew(), this.#every)
    this.#timer.unref()
  }

  drop(holds: readonly Hold[]): void {
    for (const hold of holds) this.#held.delete(hold)
    if (this.#held.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #renew(): void {
    const renewed = [...this.#held].map((hold) => ({ hold, amount: hold.amount }))
    // A state that can't be reached now may be by the next time.
    this.#state.settle(renewed).catch(() => {})
  }
}
