import type { Part } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../contract/text.ts'
import type { AnyModelError, Clock } from '../errors.ts'
import { type AnyModel, isContent, type OfKind, rewired } from './kinds.ts'
import { intime } from './timeout-call.ts'
import { outOfTime } from './timeout-error.ts'

/** Five clocks, each in milliseconds; one that is absent does not run. */
export interface TimeoutOptions {
  /** From the start until the request is written to a connection. */
  readonly connect?: number
  /** From there until the response's headers. */
  readonly headers?: number
  /** From the start until the first content: text, reasoning, a tool call, a file. Signs of life do not count. */
  readonly firstContent?: number
  /** Between two pieces of content. */
  readonly idle?: number
  /** From the start to the end. */
  readonly total?: number
}

/**
 * Puts clocks on every answer. One that runs out ends the answer with a `timeout` error that names the clock, and closes the connection. Progress and previews of a picture keep `idle` from running out,
 * and are no first content. Of models that answer with one value (embeddings, reranking), `firstContent` and `total` count.
 *
 * Inside `withRetry` the clocks are those of one attempt; outside of it, of all attempts together.
 */
export function withTimeout<M extends AnyModel>(model: M, clocks: TimeoutOptions): OfKind<M> {
  return rewired(model, {
    parts: (ask, call) => ({
      [Symbol.asyncIterator]: () => new Timed(model, (signal) => ask({ ...call, signal }), call.signal, clocks),
    }),
    value: (ask, call) => intime(ask, call, { model, clocks }),
  })
}

class Timed implements PartIterator {
  readonly #model: { readonly provider: string; readonly id: string }
  readonly #clocks: TimeoutOptions
  readonly #inner: PartIterator
  readonly #controller = new AbortController()
  /** The one deadline that the timer watches besides the total: of connect, headers, firstContent and idle, those that run. */
  readonly #deadlines = new Map<Clock, number>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = 0
  #started = false
  #content = false
  #lastContent = 0
  #failure: AnyModelError | undefined
  #reject: ((error: AnyModelError) => void) | undefined

  constructor(
    model: { readonly provider: string; readonly id: string },
    ask: (signal: AbortSignal) => PartStream,
    given: AbortSignal | undefined,
    clocks: TimeoutOptions,
  ) {
    this.#model = model
    this.#clocks = clocks
    const own = this.#controller.signal
    this.#inner = ask(given ? AbortSignal.any([given, own]) : own)[Symbol.asyncIterator]()
  }

  take(): Part | undefined {
    const part = this.#inner.take?.()
    if (part) this.#passed(part)
    return part
  }

  next(): Promise<PartResult> {
    if (!this.#started) this.#start()
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      // A model that does not watch its signal must not hold the caller up.
      this.#reject = reject
      this.#inner.next().then(
        (next) => {
          if (next.done) this.#stop()
          else this.#passed(next.value)
          resolve(next)
        },
        (error) => {
          this.#stop()
          reject(this.#failure ?? error)
        },
      )
    })
  }

  async return(): Promise<PartResult> {
    this.#stop()
    if (!this.#failure) await this.#inner.return?.()
    return { done: true, value: undefined }
  }

  #start(): void {
    this.#started = true
    const now = Date.now()
    for (const clock of ['connect', 'firstContent', 'total'] as const) this.#run(clock, now)
    this.#arm()
  }

  #run(clock: Clock, now: number): void {
    const ms = this.#clocks[clock]
    if (ms !== undefined) this.#deadlines.set(clock, now + ms)
  }

  #passed(part: Part): void {
    if (this.#content) {
      // The timer looks at this when it fires; no timer is touched per part.
      if (part.type !== 'notice') this.#lastContent = Date.now()
      return
    }
    if (part.type === 'notice') {
      if (part.kind === 'connected') {
        this.#deadlines.delete('connect')
        this.#run('headers', Date.now())
      } else if (part.kind === 'headers') this.#deadlines.delete('headers')
      else return
    } else if (isContent(part) || (part as { type: string }).type === 'preview') {
      this.#content = true
      this.#lastContent = Date.now()
      for (const clock of ['connect', 'headers', 'firstContent'] as const) this.#deadlines.delete(clock)
      this.#run('idle', this.#lastContent)
    } else return
    this.#arm()
  }

  /** Sets the timer to the nearest deadline. */
  #arm(): void {
    let nearest = Number.POSITIVE_INFINITY
    for (const at of this.#deadlines.values()) nearest = Math.min(nearest, at)
    if (nearest === this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = nearest
    if (nearest !== Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.#fire(), Math.max(0, nearest - Date.now()))
  }

  #fire(): void {
    this.#timerAt = 0
    const now = Date.now()
    const { idle } = this.#clocks
    if (this.#content && idle !== undefined) this.#deadlines.set('idle', this.#lastContent + idle)
    for (const [clock, at] of this.#deadlines) if (at <= now) return this.#expire(clock)
    this.#arm()
  }

  #expire(clock: Clock): void {
    this.#failure = outOfTime(this.#model, clock, this.#clocks[clock], this.#content)
    this.#stop()
    this.#controller.abort(this.#failure)
    this.#reject?.(this.#failure)
    Promise.resolve(this.#inner.return?.()).catch(() => {})
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#deadlines.clear()
  }
}
