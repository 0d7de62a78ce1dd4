import type { FinishPart, NoticePart, Part, Warning } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../contract/text.ts'
import { type AnyModelError, isAnyModelError } from '../errors.ts'
import { type AnyCall, type AnyModel, isContent, type OfKind, rewired } from './kinds.ts'
import { unlessAborted } from './unless-aborted.ts'
import { truncated } from './verdict.ts'

/** Follows one request from its beginning to the one way it ends. */
export interface Watch {
  /** What readers are told before anything else. */
  notice?(): NoticePart | undefined
  /** The first content came. */
  content?(): void
  /** With what it said last, where it said things one by one. */
  finished(part?: FinishPart): void
  failed(error: AnyModelError): void
  /** The reader went away, or what was thrown is no error of a model. */
  left(): void
}

/** Is called when a request is about to be sent; when it throws, nothing is. */
export type Begin = (call: AnyCall) => Watch | Promise<Watch>

/** A model whose requests are followed. */
export const watched = <M extends AnyModel>(model: M, begin: Begin): OfKind<M> =>
  rewired(model, {
    parts: (ask, call) => ({ [Symbol.asyncIterator]: () => new Watched(model, () => ask(call), call, begin) }),
    async value(ask, call) {
      const begun = begin(call)
      const watch = begun instanceof Promise ? await followed(begun, call) : begun
      const notice = watch.notice?.()
      try {
        call.signal?.throwIfAborted()
        const value = (await ask(call)) as { readonly warnings?: readonly Warning[] }
        watch.content?.()
        watch.finished()
        return notice?.kind === 'warning' ? { ...value, warnings: [...(value.warnings ?? []), notice.warning] } : value
      } catch (error) {
        ended(watch, error, call)
        throw error
      }
    },
  })

/** Who aborts does not wait for a watch to begin. */
const followed = (begun: Promise<Watch>, { signal }: AnyCall): Promise<Watch> =>
  unlessAborted(begun, signal, (watch) => watch.left())

function ended(watch: Watch | undefined, error: unknown, { signal }: AnyCall): void {
  if (isAnyModelError(error) && !signal?.aborted) watch?.failed(error)
  else watch?.left()
}

class Watched implements PartIterator {
  readonly #model: AnyModel
  readonly #ask: () => PartStream
  readonly #call: AnyCall
  readonly #begin: Begin
  #starting: Promise<void> | undefined
  #notice: Part | undefined
  #isOver = false
  #inner: PartIterator | undefined
  #watch: Watch | undefined
  #hasContent = false

  constructor(model: AnyModel, ask: () => PartStream, call: AnyCall, begin: Begin) {
    this.#model = model
    this.#ask = ask
    this.#call = call
    this.#begin = begin
  }

  take(): Part | undefined {
    if (this.#notice) return this.#noticed()
    try {
      const part = this.#inner?.take?.()
      if (part) this.#passed(part)
      return part
    } catch (error) {
      throw this.#broke(error)
    }
  }

  async next(): Promise<PartResult> {
    if (!this.#inner) await (this.#starting ??= this.#start())
    if (this.#notice) return { done: false, value: this.#noticed() }
    if (!this.#inner) return { done: true, value: undefined }
    try {
      const next = await this.#inner.next()
      if (next.done) this.#end()?.failed(truncated(this.#model))
      else this.#passed(next.value)
      return next
    } catch (error) {
      throw this.#broke(error)
    }
  }

  #noticed(): Part {
    const notice = this.#notice as Part
    this.#notice = undefined
    return notice
  }

  async return(): Promise<PartResult> {
    this.#isOver = true
    this.#end()?.left()
    await this.#inner?.return?.()
    return { done: true, value: undefined }
  }

  /** At once where that can be: what begins together must not choose as if nothing had begun. */
  #start(): Promise<void> | undefined {
    const begun = this.#begin(this.#call)
    if (!(begun instanceof Promise)) return this.#follow(begun)
    return followed(begun, this.#call).then((watch) => (this.#isOver ? watch.left() : this.#follow(watch)))
  }

  #follow(watch: Watch): undefined {
    this.#watch = watch
    this.#notice = watch.notice?.()
    try {
      this.#call.signal?.throwIfAborted()
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
