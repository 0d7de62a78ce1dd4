import type { Part } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'
import { begunAnew } from './begun-anew.ts'
import { type Choose, type Merge, Shared, type SharedReader } from './share.ts'

/** Runs something that gives parts. `emit` takes them; a promise from it means: wait before the next one. */
export type Source<R, P = Part> = (emit: (part: P) => void | Promise<void>, signal: AbortSignal) => Promise<R>

/**
 * A source that many read: it starts with the first reader (or with `result`), waits for the slowest, and is aborted when the last reader leaves before its end. An abort of the caller's `signal`
 * reaches all readers.
 */
export class SharedRun<R, P extends object = Part> {
  readonly #source: Source<R, P>
  readonly #signal: AbortSignal
  readonly #shared: Shared<P>
  #outcome: Promise<R> | undefined

  constructor(source: Source<R, P>, signal: AbortSignal | undefined, merge: Merge<P>) {
    const leave = new AbortController()
    this.#source = source
    this.#signal = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal
    this.#shared = new Shared(
      () => this.#start(),
      () => leave.abort(new AnyModelError('aborted', 'The stream was left before it ended.')),
      merge,
    )
  }

  /** What the source gives at its end. Reading it runs the source even when nobody reads the parts. */
  get result(): Promise<R> {
    this.#shared.keepAlive()
    return this.#outcome as Promise<R>
  }

  /** A new reader, from the first part on: of all parts, or of what `choose` makes of them. */
  read(): SharedReader<P, P>
  read<T>(choose: Choose<T, P>): SharedReader<T, P>
  read(choose: Choose<unknown, P> = (part) => part): SharedReader<unknown, P> {
    return this.#shared.read(choose)
  }

  #start(): void {
    const shared = this.#shared
    this.#outcome = this.#source((part) => {
      shared.push(part)
      if (shared.full) return shared.room()
    }, this.#signal)
    this.#outcome.then(
      () => shared.end(),
      (error) => shared.fail(error),
    )
  }
}

/** The text of a part that has some. Text alone can't be taken back: throws when the answer begins anew. */
export function textOf(part: {
  readonly type: string
  readonly kind?: string
  readonly text?: string
}): string | undefined {
  if (part.kind === 'reset') throw begunAnew()
  return part.type === 'text' && part.text !== '' ? part.text : undefined
}
