import type { NoticePart } from '../contract/part.ts'
import type { AnyModelError } from '../errors.ts'
import { weightOf } from './verdict.ts'

export interface CircuitOptions {
  /** So many failures in a row open it. */
  readonly failures: number
  /** Milliseconds for which it stays open; twice as long each time that the try after it fails. */
  readonly cooldown: number
  /** Longest time for which it stays open, in ms, unless the service asks for more. */
  readonly maxCooldown: number
  /** Up to this share of the time is added at random, so that not all processes try at once. */
  readonly jitter: number
  readonly clock: () => number
  readonly random: () => number
}

/** What a breaker asks before each request, and tells what became of it. */
export interface Gate {
  readonly state: 'closed' | 'open' | 'half-open'
  /** Milliseconds until the next try. */
  readonly wait: number
  /** How often it opened in a row; 0 while it is closed. */
  readonly openings: number
  /** True when a request may go through. */
  enter(): boolean | Promise<boolean>
  /** A request was left before it said anything about the model. */
  left(): void
  answered(): void
  failed(error: AnyModelError): void
  /** What readers should know of the gate itself. */
  notice?(): NoticePart | undefined
}

/** Whether a model should be asked. Closed while it answers; open for a while when it does not; then half-open: one request tries it, the others wait for what becomes of it. */
export class Circuit implements Gate {
  readonly #options: CircuitOptions
  /** In a row. */
  #failures = 0
  /** How often it opened in a row; 0 while it is closed. */
  #openings = 0
  /** The end of its rest, or (while it is tried) of the time for which the others wait. */
  #until = 0
  #isTried = false

  constructor(options: CircuitOptions) {
    this.#options = options
  }

  get state(): Gate['state'] {
    if (this.#openings === 0) return 'closed'
    return this.wait > 0 ? 'open' : 'half-open'
  }

  /** How often it opened in a row. */
  get openings(): number {
    return this.#openings
  }

  /** In a row. */
  get failures(): number {
    return this.#failures
  }

  /** Milliseconds until the next try. */
  get wait(): number {
    return Math.max(0, this.#until - this.#options.clock())
  }

  /** True when a request may go through. Of the one that tries a half-open circuit something must be heard within `cooldown`, else the next one tries. */
  enter(): boolean {
    const { state } = this
    if (state === 'half-open') {
      this.#isTried = true
      this.#until = this.#options.clock() + this.#options.cooldown
    }
    return state !== 'open'
  }

  /** A request was left before it said anything about the model. */
  left(): void {
    if (this.#isTried) this.#until = 0
    this.#isTried = false
  }

  answered(): void {
    this.#failures = 0
    this.#openings = 0
    this.#until = 0
    this.#isTried = false
  }

  failed(error: AnyModelError): void {
    const weight = weightOf(error)
    if (weight === 'none') return this.left()
    this.#failures++
    // Requests that were under way when it opened.
    if (this.state === 'open' && !this.#isTried) return this.#extend(error.retryAfter ?? 0)
    if (this.#openings === 0 && weight === 'counts' && this.#failures < this.#options.failures) return
    this.#open((openings) => this.#pause(error, openings))
  }

  /** Opens it for what others found out together. */
  trip(): void {
    this.#open((openings) => this.#doubled(openings))
  }

  /** Others opened it for so long, the last of so many times in a row. */
  opened(ms: number, openings: number): void {
    this.answered()
    this.#openings = openings
    this.#extend(ms)
  }

  /** Others try it: it waits for what becomes of that. */
  postpone(ms: number): void {
    if (!this.#isTried) this.#extend(ms)
  }

  #open(pause: (openings: number) => number): void {
    this.#openings++
    this.#until = 0
    this.#isTried = false
    this.#extend(pause(this.#openings) * (1 + this.#options.jitter * this.#options.random()))
  }

  /** The service's own wait goes before doubling; what waiting does not help rests longest. */
  #pause({ code, retryAfter }: AnyModelError, openings: number): number {
    const { cooldown, maxCooldown } = this.#options
    if (retryAfter !== undefined) return Math.max(retryAfter, cooldown)
    return code === 'quota' ? maxCooldown : this.#doubled(openings)
  }

  #doubled(openings: number): number {
    const { cooldown, maxCooldown } = this.#options
    return Math.min(cooldown * 2 ** (openings - 1), maxCooldown)
  }

  #extend(ms: number): void {
    this.#until = Math.max(this.#until, this.#options.clock() + ms)
  }
}
