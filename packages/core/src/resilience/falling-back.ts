import type { FinishPart, NoticePart, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, TextCall, TextModel } from '../contract/text.ts'
import { isAnyModelError } from '../errors.ts'
import { fit } from '../generate/fit.ts'
import { attemptError, attemptNotice, warningNotice } from './attempt-notice.ts'
import { candidateOf, candidates, prepared } from './candidate.ts'
import { continuationOf, notJoined, type Seam } from './continuation.ts'
import { type Delivered, grown, isEmpty, nothing, voided } from './delivered.ts'
import { pause } from './pause.ts'
import { Plan, type Settings, type Try } from './plan.ts'
import type { Rest } from './rest.ts'
import { circuitOpen, silentFailure, truncated } from './verdict.ts'

/**
 * One answer from several models. An attempt is probed at first: its parts are held, and when it fails nobody saw them. With its first content it is committed. What fails then is decided by `onBreak`.
 * The answer is over with a `finish`, and with nothing else.
 */
export class FallingBack implements PartIterator {
  readonly #models: readonly TextModel[]
  readonly #call: TextCall
  readonly #settings: Settings
  readonly #plan: Plan
  readonly #left = new AbortController()

  #state: 'probing' | 'committed' | 'terminal' | 'over' = 'probing'
  #delivered: Delivered = nothing
  /** What is handed over next. */
  #out: Part[] = []
  /** The step under way: callers that do not wait for each other share it. */
  #move: Promise<void> | undefined

  // The present attempt.
  #try: Try | undefined
  #inner: PartIterator | undefined
  #pending: Promise<PartResult> | undefined
  #seam: Seam | undefined
  /** Its parts while it is probed. */
  #held: Part[] = []
  #startedAt = 0
  #firstContentAt: number | undefined

  constructor(models: readonly TextModel[], call: TextCall, settings: Settings, rest: Rest) {
    this.#models = models
    this.#call = call
    this.#settings = settings
    this.#plan = new Plan(settings, rest, (asked) => candidates(asked, call), call)
  }

  take(): Part | undefined {
    const part = this.#out.shift()
    if (part || this.#state !== 'committed' || this.#pending) return part
    try {
      const next = this.#inner?.take?.()
      return next && this.#accept(next)
    } catch (error) {
      // `next()` has the ways out of a failure.
      this.#pending = Promise.reject(error)
      this.#pending.catch(() => {})
      return undefined
    }
  }

  async next(): Promise<PartResult> {
    for (;;) {
      const part = this.take()
      if (part) return { done: false, value: part }
      if (this.#state === 'over') return { done: true, value: undefined }
      await (this.#move ??= this.#moves())
    }
  }

  async return(): Promise<PartResult> {
    this.#state = 'over'
    this.#left.abort()
    this.#out = []
    await this.#inner?.return?.()
    return { done: true, value: undefined }
  }

  async #moves(): Promise<void> {
    try {
      await this.#step()
    } catch (error) {
      await this.#fail(error)
    } finally {
      this.#move = undefined
    }
  }

  /** One part further, or into the next attempt. */
  async #step(): Promise<void> {
    if (!this.#inner) {
      const { delayMs = 0 } = this.#try ?? {}
      await (delayMs > 0 ? pause(delayMs, this.#call.signal, this.#left.signal) : undefined)
      if (!this.#try) await prepared(this.#models, this.#call)
      if (this.#left.signal.aborted) return
      this.#try ??= this.#plan.first(this.#models)
      // At once where that can be: what begins together must not choose the same model as if nothing had begun.
      const opened = this.#open(this.#try)
      this.#inner = opened instanceof Promise ? await opened : opened
      if (this.#left.signal.aborted) return void this.#inner.return?.()
    }
    const next = await this.#arrival(this.#inner)
    if (this.#left.signal.aborted || next === undefined) return
    if (next.done) return this.#ended()
    const part = this.#accept(next.value)
    if (part) this.#out.push(part)
  }

  #open(next: Try): PartIterator | Promise<PartIterator> {
    this.#startedAt = Date.now()
    this.#firstContentAt = undefined
    const continued = continuationOf(next.mode, this.#call, this.#delivered.text)
    this.#seam = continued?.seam
    const { call, warnings, emulateStop } = fit(continued?.call ?? this.#call, next.model)
    this.#held = warnings.map(warningNotice)
    const model = this.#plan.isLast
      ? ((candidateOf(next.model).alone as TextModel | undefined) ?? next.model)
      : next.model
    const stream = model.stream(call)
    this.#plan.request()
    if (!emulateStop) return stream[Symbol.asyncIterator]()
    return import('../stream/stop.ts').then(({ stopAt }) => stopAt(stream, emulateStop))
  }

  /** What comes next; `undefined` when the time is over for which the beginning is held back. */
  async #arrival(inner: PartIterator): Promise<PartResult | undefined> {
    const pending = (this.#pending ??= inner.next())
    const { ms } = this.#settings.hold
    if (this.#state === 'probing' && ms !== undefined && this.#firstContentAt !== undefined) {
      const came = new AbortController()
      const wait = pause(this.#firstContentAt + ms - Date.now(), undefined, came.signal)
      const next = await Promise.race([pending, wait]).finally(() => came.abort())
      if (!next) return void this.#commit()
    }
    try {
      return await pending
    } finally {
      this.#pending = undefined
    }
  }

  #ended(): void {
    if (this.#state !== 'terminal')
      throw truncated((this.#try as Try).model, this.#state === 'probing' ? 'pre-content' : 'post-content')
    this.#state = 'over'
  }

  /** A part of the present attempt: given when it may pass at once. */
  #accept(part: Part): Part | undefined {
    if (part.type === 'notice') return this.#noticed(part)
    if (part.type === 'finish') return this.#finished(part)
    if (this.#state === 'terminal') return undefined
    const joined = this.#seam ? this.#seam.joinPart(part) : part
    if (joined === 'apart') throw notJoined((this.#try as Try).model)
    if (joined === undefined) return undefined
    if (!isEmpty(joined)) this.#firstContentAt ??= Date.now()
    if (this.#state === 'committed') return this.#deliver(joined)
    this.#held.push(joined)
    if (this.#isEnough(joined)) this.#commit()
    return undefined
  }

  #noticed(part: NoticePart): Part | undefined {
    // A model with retries of its own says so before it asks again: that request counts too.
    if ('attempt' in part && !this.#plan.request()) throw attemptError(part.attempt)
    if (this.#state === 'probing' && part.kind === 'reset') {
      this.#held = this.#held.filter(({ type }) => type === 'notice')
      return undefined
    }
    if (part.kind === 'reset') this.#delivered = nothing
    if (part.kind !== 'warning' || this.#state !== 'probing') return part
    this.#held.push(part)
    return undefined
  }

  #finished(part: FinishPart): Part | undefined {
    if (this.#seam && !this.#seam.joined) throw notJoined((this.#try as Try).model)
    if (this.#state === 'probing') {
      const isSilent = this.#held.every((held) => held.type === 'notice' || isEmpty(held))
      const failure = isSilent && silentFailure(part, (this.#try as Try).model, this.#settings.lists)
      if (failure) throw failure
      this.#commit()
    }
    this.#state = 'terminal'
    this.#plan.answered(this.#try as Try)
    if (this.#out.length === 0) return part
    this.#out.push(part)
    return undefined
  }

  #isEnough(part: Part): boolean {
    if (isEmpty(part)) return false
    // What belongs to no text is not known to join on before the text is.
    if (this.#seam && !this.#seam.joined) return false
    if (part.type !== 'text' && part.type !== 'reasoning') return true
    const { chars, ms } = this.#settings.hold
    if (chars === undefined) return ms === undefined
    return this.#held.reduce((sum, held) => sum + ('text' in held ? held.text.length : 0), 0) >= chars
  }

  /** The attempt counts from now on: what was held is handed over. */
  #commit(): void {
    this.#state = 'committed'
    if ((this.#try as Try).mode === 'restart') {
      this.#out.push(voided(this.#delivered))
      this.#delivered = nothing
    }
    for (const part of this.#held) this.#out.push(part.type === 'notice' ? part : this.#deliver(part))
    this.#held = []
  }

  #deliver(part: Part): Part {
    this.#delivered = grown(this.#delivered, part)
    return part
  }

  /** An attempt failed: into the next one, or out with an error. */
  async #fail(error: unknown): Promise<void> {
    const inner = this.#inner
    this.#inner = undefined
    this.#pending = undefined
    const isOver = this.#state === 'terminal' || this.#left.signal.aborted
    await Promise.resolve(inner?.return?.()).catch(() => {})
    if (isOver) {
      this.#state = 'over'
      return
    }
    try {
      this.#try = this.#after(error)
      this.#state = 'probing'
      this.#held = []
    } catch (final) {
      this.#state = 'over'
      throw final
    }
  }

  #after(error: unknown): Try {
    const failed = this.#try
    if (!failed || this.#call.signal?.aborted || !isAnyModelError(error)) throw error
    if (error.providerCode === circuitOpen) this.#plan.unsent()
    const next = this.#plan.after(failed, error, this.#delivered, this.#state === 'committed')
    const circumstances = { startedAt: this.#startedAt, firstContentAt: this.#firstContentAt, next }
    this.#out.push(attemptNotice(failed.model, error, circumstances))
    return next
  }
}
