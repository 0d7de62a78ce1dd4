import type { FinishPart, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, TextCall, TextModel } from '../contract/text.ts'
import { type AnyModelError, isAnyModelError } from '../errors.ts'
import { wrap } from './retry.ts'
import { truncated } from './verdict.ts'

/** Follows one request from its beginning to the one way it ends. */
export interface Watch {
  /** The first content came. */
  content?(): void
  finished(part: FinishPart): void
  failed(error: AnyModelError): void
  /** The reader went away, or what was thrown is no error of a model. */
  left(): void
}

/** A model whose requests are followed. `begin` is called when a request is about to be sent; when it throws, nothing is. */
export const watched = (model: TextModel, begin: (call: TextCall) => Watch): TextModel => ({
  ...wrap(model),
  stream: (call) => ({ [Symbol.asyncIterator]: () => new Watched(model, call, begin) }),
})

class Watched implements PartIterator {
  readonly #model: TextModel
  readonly #call: TextCall
  readonly #begin: (call: TextCall) => Watch
  #inner: PartIterator | undefined
  #watch: Watch | undefined
  #hasContent = false

  constructor(model: TextModel, call: TextCall, begin: (call: TextCall) => Watch) {
    this.#model = model
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
      this.#inner = this.#model.stream(this.#call)[Symbol.asyncIterator]()
    } catch (error) {
      throw this.#broke(error)
    }
  }

  #passed(part: Part): void {
    if (part.type === 'notice') return
    if (part.type === 'finish') return this.#end()?.finished(part)
    if (this.#hasContent) return
    this.#hasContent = true
    this.#watch?.content?.()
  }

  #broke(error: unknown): unknown {
    const watch = this.#end()
    if (isAnyModelError(error) && !this.#call.signal?.aborted) watch?.failed(error)
    else watch?.left()
    return error
  }

  #end(): Watch | undefined {
    const watch = this.#watch
    this.#watch = undefined
    return watch
  }
}
