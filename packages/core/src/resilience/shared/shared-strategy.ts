import { randomUUID } from 'node:crypto'
import type { Outcome, Strategy } from '../balance/strategy.ts'
import { type LooseState, parsed } from './loose-state.ts'

interface SharedStrategyOptions {
  readonly state: LooseState
  readonly key: string
  readonly clock: () => number
}

/** Milliseconds between two readings. What was learned in between is written with the next one. */
const every = 1_000
/** Outcomes that wait to be written, at most: the oldest are left out. */
const most = 1_000
/** Milliseconds for which what was learned is kept. */
const kept = 3_600_000

/** A strategy whose knowledge processes have in common. Calls go by what this process knows; about once a second it takes in what the others learned, and adds what it learned itself. */
export class SharedStrategy implements Strategy {
  readonly #inner: Strategy
  readonly #state: LooseState
  readonly #key: string
  readonly #clock: () => number
  #news: (readonly [target: number, outcome: Outcome])[] = []
  #syncedAt = Number.NEGATIVE_INFINITY
  #isSyncing = false

  constructor(inner: Strategy, { state, key, clock }: SharedStrategyOptions) {
    this.#inner = inner
    this.#key = `balance:{${key}}`
    this.#clock = clock
    this.#state = state
  }

  rank(call: Parameters<Strategy['rank']>[0]): number[] {
    this.#sync()
    return this.#inner.rank(call)
  }

  started(target: number): void {
    this.#inner.started?.(target)
  }

  ended(target: number, outcome: Outcome): void {
    this.#inner.ended?.(target, outcome)
    this.#news.push([target, outcome])
    if (this.#news.length > most) this.#news.shift()
    this.#sync()
  }

  #sync(): void {
    if (this.#isSyncing || this.#clock() - this.#syncedAt < every || !this.#inner.load) return
    this.#isSyncing = true
    void this.#exchange().finally(() => {
      this.#syncedAt = this.#clock()
      this.#isSyncing = false
    })
  }

  async #exchange(): Promise<void> {
    if (this.#news.length === 0) return this.#takeIn(await this.#state.ask((state) => state.get(this.#key)))
    // One writes at a time, so that nothing that another learned is lost. Who can't writes with the next one.
    const claim = { key: `${this.#key}:write`, amount: 1, limit: 1, window: 5_000, lease: randomUUID() }
    const taken = await this.#state.ask((state) => state.take([claim]))
    if (!taken?.granted) return
    const text = await this.#state.ask(async (state) => (await state.get(this.#key)) ?? '')
    if (text !== undefined) {
      this.#takeIn(text)
      const known = JSON.stringify(this.#inner.save?.())
      await this.#state.ask((state) => state.set(this.#key, known, kept))
    }
    await this.#state.ask((state) => state.settle(taken.holds.map((hold) => ({ hold, amount: 0 }))))
  }

  /** What all know, and on top of it what nobody else knows yet. */
  #takeIn(text: string | undefined): void {
    const known = parsed(text || undefined)
    const news = this.#news
    this.#news = []
    if (known === undefined || !this.#inner.load?.(known)) return
    for (const [target, outcome] of news) this.#inner.ended?.(target, outcome)
  }
}
