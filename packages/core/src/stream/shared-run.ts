import type { Part } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'
import { Shared, type SharedReader } from './share.ts'

/** Runs something that gives parts. `emit` takes them; a promise from it means: wait before the next one. */
export type Source<R> = (emit: (part: Part) => void | Promise<void>, signal: AbortSignal) => Promise<R>

/**
 * A source that many read: it starts with the first reader (or with `result`), waits for the slowest, and is aborted when the last reader leaves before its end. An abort of the caller's `signal`
 * reaches all readers.
 */
export class SharedRun<R> {
  readonly #source: Source<R>
  readonly #signal: AbortSignal
  readonly #shared: Shared
  #outcome: Promise<R> | undefined

  constructor(source: Source<R>, signal: AbortSignal | undefined) {
    const leave = new AbortController()
    this.#source = source
    this.#signal = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal
    this.#shared = new Shared(
      () => this.#start(),
      () => leave.abort(new AnyModelError('aborted', 'The stream was left before it ended.')),
    )
  }

  /** What the source gives at its end. Reading it runs the source even when nobody reads the parts. */
  get result(): Promise<R> {
    this.#shared.keepAlive()
    return this.#outcome as Promise<R>
  }

  /** A new reader of all parts, from the first one on. */
  read(): SharedReader {
    return this.#shared.read()
  }

  /** A new reader of all text that is not empty, from the first fragment on. */
  readText(): SharedReader<string> {
    return this.#shared.read((part) => (part.type === 'text' && part.text !== '' ? part.text : undefined))
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
