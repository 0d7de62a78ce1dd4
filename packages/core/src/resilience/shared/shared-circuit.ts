import { randomUUID } from 'node:crypto'
import type { NoticePart } from '../../contract/part.ts'
import type { AnyModelError } from '../../errors.ts'
import type { Hold, State } from '../../state/state.ts'
import type { Circuit, Gate } from '../circuit.ts'
import { weightOf } from '../verdict.ts'
import { isNews, keyOf, leftOf, type News } from './circuit-news.ts'
import { LooseState, parsed } from './loose-state.ts'

interface SharedCircuitOptions {
  readonly state: State
  readonly key: string
  readonly failures: number
  readonly cooldown: number
  readonly maxCooldown: number
  readonly clock: () => number
}

/** Milliseconds for which what was read counts. */
const every = 1_000
/** Milliseconds for which failures of a process count that says no more. */
const remembered = 60_000

/** A circuit that processes have in common: what opens it in one opens it in all, failures in a row of several add up, and one of them tries it. Nobody waits for the state, but for the first news and before a try. */
export class SharedCircuit implements Gate {
  readonly #circuit: Circuit
  readonly #state: LooseState
  readonly #key: string
  readonly #options: SharedCircuitOptions
  readonly #me = randomUUID()
  /** The news that this process knows. */
  #known: string | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined
  /** The right to try, while it tries. */
  #right: Hold | undefined
  #trying: Promise<boolean> | undefined
  /** The failures in a row that the others were told of. */
  #counted: Hold | undefined

  constructor(circuit: Circuit, name: string, options: SharedCircuitOptions) {
    this.#circuit = circuit
    this.#options = options
    this.#key = keyOf(options.key)
    this.#state = new LooseState(options.state, `The breaker of ${name}`)
  }

  get state(): Gate['state'] {
    return this.#circuit.state
  }

  get openings(): number {
    return this.#circuit.openings
  }

  get wait(): number {
    return this.#circuit.wait
  }

  notice(): NoticePart | undefined {
    return this.#state.notice()
  }

  enter(): boolean | Promise<boolean> {
    if (this.#readAt === Number.NEGATIVE_INFINITY) return this.#read().then(() => this.#pass())
    if (this.#options.clock() - this.#readAt >= every) void this.#read()
    return this.#pass()
  }

  left(): void {
    this.#circuit.left()
    this.#giveBack()
  }

  answered(): void {
    const wasOpen = this.#circuit.openings > 0
    this.#circuit.answered()
    if (wasOpen) void this.#publish()
    this.#forget()
    this.#giveBack()
  }

  failed(error: AnyModelError): void {
    const { openings } = this.#circuit
    this.#circuit.failed(error)
    if (this.#circuit.openings > openings) this.#opened()
    // One failure is no row yet: many processes have one now and then.
    else if (openings === 0 && weightOf(error) === 'counts' && this.#circuit.failures > 1) void this.#count()
    this.#giveBack()
  }

  #pass(): boolean | Promise<boolean> {
    if (this.#circuit.state !== 'half-open') return this.#circuit.enter()
    if (this.#trying) return this.#trying.then(() => false)
    this.#trying = this.#try().finally(() => {
      this.#trying = undefined
    })
    return this.#trying
  }

  /** True when this process may try. */
  async #try(): Promise<boolean> {
    await this.#read()
    if (this.#circuit.state !== 'half-open') return this.#circuit.enter()
    const claim = { key: `${this.#key}:try`, amount: 1, limit: 1, window: this.#options.cooldown, lease: randomUUID() }
    const taken = await this.#state.ask((state) => state.take([claim]))
    if (taken && !taken.granted) {
      this.#circuit.postpone(Math.min(taken.wait, every))
      return false
    }
    this.#right = taken?.holds[0]
    return this.#circuit.enter()
  }

  #read(): Promise<void> {
    this.#reading ??= this.#learn().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #learn(): Promise<void> {
    const text = await this.#state.ask((state) => state.get(this.#key))
    this.#readAt = this.#options.clock()
    const news = parsed(text)
    if (!isNews(news) || news.id === this.#known || this.#right) return
    this.#known = news.id
    if (news.openings === 0) {
      if (this.#circuit.openings > 0) this.#circuit.answered()
      return
    }
    this.#circuit.opened(leftOf(news, this.#readAt), news.openings)
    this.#forget()
  }

  /** Failures in a row of all processes open the circuit together. */
  async #count(): Promise<void> {
    const { failures } = this.#options
    const amount = Math.min(this.#circuit.failures, failures - 1)
    const claim = { key: `${this.#key}:failures`, amount, limit: failures - 1, window: remembered, lease: this.#me }
    const taken = await this.#state.ask((state) => state.take([claim]))
    if (taken?.granted) this.#counted = taken.holds[0]
    // It answered meanwhile, or opened by itself.
    if (this.#circuit.openings > 0 || this.#circuit.failures === 0) return this.#forget()
    if (!taken || taken.granted) return
    this.#circuit.trip()
    this.#opened()
  }

  #opened(): void {
    void this.#publish()
    this.#forget()
  }

  async #publish(): Promise<void> {
    const { openings, wait } = this.#circuit
    const { maxCooldown, clock } = this.#options
    const news: News = { id: randomUUID(), openings, wait, at: clock() }
    this.#known = news.id
    await this.#state.ask((state) => state.set(this.#key, JSON.stringify(news), wait + maxCooldown))
  }

  #giveBack(): void {
    this.#settle(this.#right)
    this.#right = undefined
  }

  #forget(): void {
    this.#settle(this.#counted)
    this.#counted = undefined
  }

  #settle(hold: Hold | undefined): void {
    if (hold) void this.#state.ask((state) => state.settle([{ hold, amount: 0 }]))
  }
}
