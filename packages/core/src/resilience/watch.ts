import type { FinishPart, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../contract/text.ts'
import { type AnyModelError, isAnyModelError } from '../errors.ts'
import { type AnyCall, type AnyModel, isContent, type OfKind, rewired } from './kinds.ts'
import { truncated } from './verdict.ts'

/** Follows one request from its beginning to the one way it ends. */
export interface Watch {
  /** The first content came. */
  content?(): void
  /** With what it said last, where it said things one by one. */
  finished(part?: FinishPart): void
  failed(error: AnyModelError): void
  /** The reader went away, or what was thrown is no error of a model. */
  left(): void
}

/** A model whose requests are followed. `begin` is called when a request is about to be sent; when it throws, nothing is. */
export const watched = <M extends AnyModel>(model: M, begin: (call: AnyCall) => Watch): OfKind<M> =>
  rewired(model, {
    parts: (ask, call) => ({ [Symbol.asyncIterator]: () => new Watched(model, () => ask(call), call, begin) }),
    async value(ask, call) {
      const watch = begin(call)
      try {
        const value = await ask(call)
        watch.content?.()
        watch.finished()
        return value
      } catch (error) {
        ended(watch, error, call)
        throw error
      }
    },
  })

function ended(watch: Watch | undefined, error: unknown, { signal }: AnyCall): void {
  if (isAnyModelError(error) && !signal?.aborted) watch?.failed(error)
  else watch?.left()
}

class Watched implements PartIterator {
  readonly #model: AnyModel
  readonly #ask: () => PartStream
  readonly #call: AnyCall
  readonly #begin: (call: AnyCall) => Watch
  #inner: PartIterator | undefined
  #watch: Watch | undefined
  #hasContent = false

  constructor(model: AnyModel, ask: () => PartStream, call: AnyCall, begin: (call: AnyCall) => Watch) {
    this.#model = model
    this.#ask = ask
    this.#call = call
    this.#begin = begin
  }

  take(): Part | undefined {
    try {
      const part = this.#inner?.take?.()
      if (part) this.#passed(part)
      return part
    } catch (error) {
      throw this.#broke(error)
    }
  }

  async next(): Promise<PartResult> {
    if (!this.#inner) this.#start()
    try {
      const next = await (this.#inner as PartIterator).next()
      if (next.done) this.#end()?.failed(truncated(this.#model))
      else this.#passed(next.value)
      return next
    } catch (error) {
      throw this.#broke(error)
    }
  }

  async return(): Promise<PartResult> {
    this.#end()?.left()
    await this.#inner?.return?.()
    return { done: true, value: undefined }
  }

  #start(): void {
    this.#watch = this.#begin(this.#call)
    try {
      this.#inner = this.#ask()[Symbol.asyncIterator]()
    } catch (error) {
      throw this.#broke(error)
    }
  }

  #passed(part: Part): void {
    if (!isContent(part)) return
    if (part.type === 'finish') return this.#end()?.finished(part)
    if (this.#hasContent) return
    this.#hasContent = true
    this.#watch?.content?.()
  }

  #broke(error: unknown): unknown {
    ended(this.#end(), error, this.#call)
    return error
  }

  #end(): Watch | undefined {
    const watch = this.#watch
    this.#watch = undefined
    return watch
  }
}
