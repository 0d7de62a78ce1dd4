import type { NoticePart, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../contract/text.ts'
import { isAnyModelError } from '../errors.ts'
import { attemptError, attemptNotice } from './attempt-notice.ts'
import { candidateOf, prepared } from './candidate.ts'
import { nothing } from './delivered.ts'
import { ableTo } from './fallback-support.ts'
import { type AnyCall, isContent, type MediaModel } from './kinds.ts'
import { pause } from './pause.ts'
import { Plan, type Settings, type Try } from './plan.ts'
import type { Rest } from './rest.ts'
import { circuitOpen, truncated } from './verdict.ts'

/** What a model is asked with, and what is told about that. */
export interface Asked {
  readonly stream: PartStream
  readonly warnings: readonly NoticePart[]
}

/** Events of the first model that gives content. With its first content (a picture that is done, a piece of sound) the answer is delivered: what fails after that is the call's error. */
export class Succession<M extends MediaModel> implements PartIterator {
  readonly #models: readonly M[]
  readonly #ask: (model: M) => Asked
  readonly #call: AnyCall
  readonly #signal: AbortSignal | undefined
  readonly #plan: Plan<M>
  readonly #left = new AbortController()
  #try: Try<M> | undefined
  #inner: PartIterator | undefined
  #startedAt = 0
  #held: Part[] = []
  #out: Part[] = []
  #state: 'probing' | 'committed' | 'over' = 'probing'

  constructor(
    models: readonly M[],
    ask: (model: M) => Asked,
    call: AnyCall,
    { settings, rest }: { readonly settings: Settings<M>; readonly rest: Rest },
  ) {
    this.#models = models
    this.#ask = ask
    this.#call = call
    this.#signal = call.signal
    this.#plan = new Plan(settings, rest, (asked) => ableTo(call, asked))
  }

  take(): Part | undefined {
    return this.#out.shift()
  }

  async next(): Promise<PartResult> {
    for (;;) {
      const value = this.#out.shift()
      if (value) return { done: false, value }
      if (this.#state === 'over') return { done: true, value: undefined }
      try {
        await this.#step()
      } catch (error) {
        await this.#fail(error)
      }
    }
  }

  async return(): Promise<PartResult> {
    this.#state = 'over'
    this.#left.abort()
    await this.#inner?.return?.()
    return { done: true, value: undefined }
  }

  async #step(): Promise<void> {
    const inner = this.#inner ?? (await this.#begin())
    if (!inner) return
    const next = await inner.next()
    if (this.#state === 'over') return
    if (next.done) throw truncated((this.#try as Try<M>).model)
    const { value } = next
    if (value.type === 'notice') return this.#noticed(value)
    if (isContent(value)) this.#commit()
    this.#out.push(value)
    if (value.type !== 'finish') return
    this.#state = 'over'
    await Promise.resolve(inner.return?.()).catch(() => {})
  }

  async #begin(): Promise<PartIterator | undefined> {
    const { delayMs = 0 } = this.#try ?? {}
    await (delayMs > 0 ? pause(delayMs, this.#signal, this.#left.signal) : undefined)
    if (!this.#try) await prepared(this.#models, this.#call)
    if (this.#left.signal.aborted) return undefined
    this.#try ??= this.#plan.first(this.#models)
    this.#startedAt = Date.now()
    const { model } = this.#try
    const { alone } = this.#plan.isLast ? candidateOf(model) : {}
    const { stream, warnings } = this.#ask((alone as M | undefined) ?? model)
    this.#held = [...warnings]
    this.#plan.request()
    this.#inner = stream[Symbol.asyncIterator]()
    return this.#inner
  }

  #noticed(part: NoticePart): void {
    if ('attempt' in part && !this.#plan.request()) throw attemptError(part.attempt)
    const isHeld = part.kind === 'warning' && this.#state === 'probing'
    ;(isHeld ? this.#held : this.#out).push(part)
  }

  #commit(): void {
    if (this.#state === 'committed') return
    this.#state = 'committed'
    this.#plan.answered(this.#try as Try<M>)
    this.#out.push(...this.#held)
    this.#held = []
  }

  async #fail(error: unknown): Promise<void> {
    const inner = this.#inner
    this.#inner = undefined
    await Promise.resolve(inner?.return?.()).catch(() => {})
    if (this.#left.signal.aborted) return
    const failed = this.#try
    const isOver = this.#state !== 'probing' || !failed || this.#signal?.aborted || !isAnyModelError(error)
    try {
      if (isOver) throw error
      if (error.providerCode === circuitOpen) this.#plan.unsent()
      this.#try = this.#plan.after(failed, error, nothing, false)
    } catch (final) {
      this.#state = 'over'
      throw final
    }
    this.#out.push(attemptNotice(failed.model, error, { startedAt: this.#startedAt, next: this.#try }))
  }
}
