import type { Part } from '../contract/part.ts'

/** A reader may be this many parts behind before the source waits for it. */
const window = 1_024

interface Reader {
  /** Absolute position of the part it reads next. */
  at: number
  wake: (() => void) | undefined
}

/**
 * One pass over a source for many readers. The source runs once the first reader asks and pauses when the slowest one is a window behind; what every reader has passed is kept
 * merged (neighbouring text as one part), so a late reader still gets everything and memory grows with the answer, not with the number of parts.
 */
export class Shared<P extends object = Part> {
  readonly #start: () => void
  readonly #leave: () => void
  readonly #merge: Merge<P>
  readonly #past: P[] = []
  #recent: P[] = []
  /** Absolute position of `#recent[0]`. */
  #base = 0
  #readers = new Set<Reader>()
  #started = false
  #keep = false
  #over = false
  #failure: { readonly error: unknown } | undefined
  #room: (() => void) | undefined

  /** `start` is called once, when somebody asks; `leave` when the last reader left before the end. */
  constructor(start: () => void, leave: () => void, merge: Merge<P>) {
    this.#start = start
    this.#leave = leave
    this.#merge = merge
  }

  /** Runs the source even when nobody reads. */
  keepAlive(): void {
    this.#keep = true
    this.#begin()
    this.#makeRoom()
  }

  push(part: P): void {
    this.#recent.push(part)
    for (const reader of this.#readers) {
      if (reader.wake) {
        const { wake } = reader
        reader.wake = undefined
        wake()
      }
    }
    if (this.#recent.length >= window && this.#slowest() > this.#base) this.#compact()
  }

  /** True while the slowest reader is too far behind. */
  get full(): boolean {
    return this.#recent.length >= window && !(this.#keep && this.#readers.size === 0)
  }

  /** Settles when there is room again. */
  room(): Promise<void> {
    return new Promise((resolve) => {
      this.#room = resolve
    })
  }

  end(): void {
    this.#over = true
    for (const reader of this.#readers) reader.wake?.()
    this.#room?.()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.end()
  }

  /** A new reader, from the first part on: of parts, or of what `choose` makes of them. */
  read(): SharedReader<P, P>
  read<T>(choose: Choose<T, P>): SharedReader<T, P>
  read(choose: Choose<unknown, P> = (part) => part): SharedReader<unknown, P> {
    return new SharedReader(this, choose)
  }

  /** @internal */
  join(): { reader: Reader; past: readonly P[] } {
    this.#begin()
    const reader: Reader = { at: this.#base, wake: undefined }
    this.#readers.add(reader)
    // The last entry may still grow: the reader gets its own.
    return { reader, past: this.#past.map((part, at) => (at === this.#past.length - 1 ? { ...part } : part)) }
  }

  /** @internal The next part that is already here. */
  take(reader: Reader): P | undefined {
    const part = this.#recent[reader.at - this.#base]
    if (part) {
      reader.at++
      if (this.#room && this.#slowest() - this.#base >= window / 2) this.#makeRoom()
    }
    return part
  }

  /** @internal Settles when there may be more: true when there will be none. */
  more(reader: Reader): Promise<boolean> {
    if (this.#failure) return Promise.reject(this.#failure.error)
    if (this.#over) return Promise.resolve(true)
    return new Promise((resolve) => {
      // A caller that asks twice without waiting is woken twice.
      const { wake } = reader
      reader.wake = () => {
        wake?.()
        resolve(false)
      }
    })
  }

  /** @internal */
  drop(reader: Reader): void {
    if (!this.#readers.delete(reader)) return
    reader.wake?.()
    if (this.#readers.size === 0 && !this.#keep && !this.#over) this.#leave()
    this.#makeRoom()
  }

  #begin(): void {
    if (this.#started) return
    this.#started = true
    this.#start()
  }

  #slowest(): number {
    let slowest = this.#base + this.#recent.length
    for (const { at } of this.#readers) if (at < slowest) slowest = at
    return slowest
  }

  #makeRoom(): void {
    this.#compact()
    if (this.full) return
    const room = this.#room
    this.#room = undefined
    room?.()
  }

  /** Moves what every reader has passed to the merged past. */
  #compact(): void {
    const passed = this.#slowest() - this.#base
    if (passed === 0) return
    for (const part of this.#recent.splice(0, passed)) this.#merge(this.#past, part)
    this.#base += passed
  }
}

/** What a reader gets of a part; `undefined`: nothing. */
export type Choose<T, P = Part> = (part: P) => T | undefined

/** Appends a part to those that every reader has passed, or joins it to the last one. The entries are the list's own: a part that is kept is copied. */
export type Merge<P> = (past: P[], part: P) => void

/** One reader of a `Shared`. */
export class SharedReader<T = Part, P extends object = Part> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #shared: Shared<P>
  readonly #choose: Choose<T, P>
  #reader: Reader | undefined
  #past: readonly P[] = []
  #pastAt = 0
  #done = false

  constructor(shared: Shared<P>, choose: Choose<T, P>) {
    this.#shared = shared
    this.#choose = choose
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The next value that is already here, without a promise. */
  take(): T | undefined {
    if (this.#done) return undefined
    if (!this.#reader) {
      const { reader, past } = this.#shared.join()
      this.#reader = reader
      this.#past = past
    }
    for (;;) {
      const part = this.#pastAt < this.#past.length ? this.#past[this.#pastAt++] : this.#shared.take(this.#reader)
      if (!part) return undefined
      const value = this.#chosen(part)
      if (value !== undefined) return value
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    try {
      const value = this.take()
      return value === undefined ? this.#wait() : Promise.resolve({ done: false, value })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** A reader whose choice throws has left. */
  #chosen(part: P): T | undefined {
    try {
      return this.#choose(part)
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  async #wait(): Promise<IteratorResult<T, undefined>> {
    while (!this.#done) {
      let over: boolean
      try {
        over = await this.#shared.more(this.#reader as Reader)
      } catch (error) {
        this.#leave()
        throw error
      }
      const value = this.take()
      if (value !== undefined) return { done: false, value }
      if (over) this.#leave()
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#leave()
    return { done: true, value: undefined }
  }

  #leave(): void {
    this.#done = true
    if (this.#reader) this.#shared.drop(this.#reader)
  }
}

type Merged = { -readonly [K in keyof Part]: Part[K] } & { text?: string; input?: string; opaque?: unknown }

/** Parts of an answer: a fragment joins the one before it. */
export function mergeParts(past: Part[], part: Part): void {
  const last = past.at(-1) as Merged | undefined
  if (last && last.type === part.type && !last.opaque) {
    if (part.type === 'text' || part.type === 'reasoning') {
      last.text += part.text
      if (part.opaque) last.opaque = part.opaque
      return
    }
    if (part.type === 'tool-call' && (last as { id?: string }).id === part.id) {
      last.input += part.input
      if (part.opaque) last.opaque = part.opaque
      return
    }
  }
  past.push({ ...part })
}
