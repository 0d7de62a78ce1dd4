import type { FinishPart, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../contract/text.ts'
import { addUsage, type Usage } from '../contract/usage.ts'
import { isAnyModelError } from '../errors.ts'
import type { Spent } from './price.ts'

/** How a request ended. */
export interface Outcome {
  /** Nothing reached the service, or it refused the request: no tokens. */
  readonly isFree: boolean
  /** What was used, tokens of failed attempts included; absent when nobody knows. */
  readonly usage?: Spent | undefined
  readonly finish?: FinishPart | undefined
  readonly error?: unknown
}

/** Permission for one request. `end` is called once, whatever happens. */
export interface Ticket {
  end(outcome: Outcome): Promise<void>
}

/** Waits for permission. `left` says that nobody waits any more. Rejects when there is none. */
export type Enter = (left: AbortSignal) => Promise<Ticket>

/** A stream that is begun with a ticket, and gives it back when it ends. */
export const ticketed = (enter: Enter, ask: () => PartStream): PartStream => ({
  [Symbol.asyncIterator]: () => new Ticketed(enter, ask),
})

/** The same for a method that gives its answer whole. */
export async function ticketedCall<R extends { readonly usage: Usage }>(
  enter: Enter,
  ask: () => Promise<R>,
): Promise<R> {
  const ticket = await enter(new AbortController().signal)
  try {
    const result = await ask()
    await ticket.end({ isFree: false, usage: result.usage })
    return result
  } catch (error) {
    await ticket.end(outcomeOf(error, {}))
    throw error
  }
}

class Ticketed implements PartIterator {
  readonly #enter: Enter
  readonly #ask: () => PartStream
  readonly #left = new AbortController()
  #opening: Promise<void> | undefined
  #inner: PartIterator | undefined
  #ticket: Ticket | undefined
  #ended: Promise<void> | undefined
  /** Of attempts that failed inside. */
  #failed: Usage = {}
  #pictures = 0

  constructor(enter: Enter, ask: () => PartStream) {
    this.#enter = enter
    this.#ask = ask
  }

  take(): Part | undefined {
    try {
      const part = this.#inner?.take?.()
      if (part) this.#passed(part)
      return part
    } catch (error) {
      void this.#end(outcomeOf(error, this.#failed))
      throw error
    }
  }

  async next(): Promise<PartResult> {
    try {
      if (!this.#inner) await (this.#opening ??= this.#open())
      if (!this.#inner || this.#left.signal.aborted) return { done: true, value: undefined }
      const next = await this.#inner.next()
      if (!next.done) this.#passed(next.value)
      // Who reads on after the end finds the ticket given back.
      else await this.#end({ isFree: false })
      return next
    } catch (error) {
      await this.#end(outcomeOf(error, this.#failed))
      if (!this.#inner && this.#left.signal.aborted) return { done: true, value: undefined }
      throw error
    }
  }

  async return(): Promise<PartResult> {
    this.#left.abort()
    await this.#opening?.catch(() => {})
    await this.#inner?.return?.()
    await this.#end({ isFree: !this.#inner })
    return { done: true, value: undefined }
  }

  async #open(): Promise<void> {
    this.#ticket = await this.#enter(this.#left.signal)
    if (!this.#left.signal.aborted) this.#inner = this.#ask()[Symbol.asyncIterator]()
  }

  #passed(part: Part): void {
    if (part.type === 'notice' && 'attempt' in part) this.#failed = addUsage(this.#failed, part.attempt.usage ?? {})
    if ((part as { readonly type: string }).type === 'image') this.#pictures++
    if (part.type !== 'finish') return
    const made = madeBy(part, this.#pictures, Object.keys(this.#failed).length > 0)
    void this.#end({ isFree: false, usage: { ...addUsage(this.#failed, part.usage), ...made }, finish: part })
  }

  #end(outcome: Outcome): Promise<void> {
    const ticket = this.#ticket
    this.#ended ??= ticket ? ticket.end(outcome) : Promise.resolve()
    return this.#ended
  }
}

/** What an answer came to besides tokens. What a service says that it cost (`details.cost`, US dollars) says nothing of attempts that failed before. */
function madeBy(finish: FinishPart, pictures: number, hasFailed: boolean): Spent {
  const { seconds, response } = finish as FinishPart & { readonly seconds?: number }
  const cost = response?.details?.cost
  const isTold = typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 && !hasFailed
  return {
    ...(pictures > 0 ? { pictures } : {}),
    ...(seconds === undefined ? {} : { seconds }),
    ...(isTold ? { cost } : {}),
  }
}

/** A refusal costs nothing; of an answer that broke off the service may not have said what it cost. */
function outcomeOf(error: unknown, failed: Usage): Outcome {
  const { status, phase, partial } = isAnyModelError(error) ? error : {}
  const isFree = phase === 'connect' || (status !== undefined && status >= 400 && phase !== 'post-content')
  const known = partial?.usage ?? (isFree ? {} : undefined)
  return { isFree, error, usage: known && addUsage(failed, known) }
}
