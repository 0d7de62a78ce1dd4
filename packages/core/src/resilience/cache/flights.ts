import type { FinishPart, Part } from '../../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../../contract/text.ts'
import { mergeParts, type SharedReader } from '../../stream/share.ts'
import { SharedRun } from '../../stream/shared-run.ts'
import { unbilled } from './entry.ts'

/** One request for many readers. */
export interface Flight {
  ask(signal: AbortSignal): PartStream
  /** Told of every part. */
  passed(part: Part): void
  /** The answer is whole. Readers see its end when this is done. */
  landed(): Promise<void>
}

/** Requests that are under way: those who ask the same meanwhile read along. */
export class Flights {
  readonly #flights = new Map<string | symbol, SharedRun<void>>()

  /** Reads the answer to a request under way, or asks. Whoever leaves or aborts does so alone; with the last one the request ends. */
  join(key: string | symbol, flight: Flight, signal: AbortSignal | undefined): PartStream {
    const board = () => {
      const known = this.#flights.get(key)
      return known ? known.read(asGuest) : this.#start(key, flight).read()
    }
    return { [Symbol.asyncIterator]: () => new Passenger(board, signal) }
  }

  #start(key: string | symbol, flight: Flight): SharedRun<void> {
    const over = () => void this.#flights.delete(key)
    const run = new SharedRun<void>(
      async (emit, signal) => {
        signal.addEventListener('abort', over, { once: true })
        try {
          for await (const part of flight.ask(signal) as AsyncIterable<Part>) {
            flight.passed(part)
            await emit(part)
          }
          await flight.landed()
        } finally {
          signal.removeEventListener('abort', over)
          if (this.#flights.get(key) === run) over()
        }
      },
      undefined,
      mergeParts,
    )
    this.#flights.set(key, run)
    return run
  }
}

/** What those get who did not ask first: failed attempts are the first one's, and so is the bill. */
function asGuest(part: Part): Part | undefined {
  if (part.type === 'finish') return free(part)
  return part.type === 'notice' && 'attempt' in part ? undefined : part
}

const free = (finish: FinishPart): FinishPart =>
  unbilled(finish, { by: 'in-flight', usage: finish.usage, madeAt: Date.now() })

/** One reader, with an abort of its own. */
class Passenger implements PartIterator {
  readonly #board: () => SharedReader<Part>
  readonly #signal: AbortSignal | undefined
  #reader: SharedReader<Part> | undefined
  #isGone = false

  constructor(board: () => SharedReader<Part>, signal: AbortSignal | undefined) {
    this.#board = board
    this.#signal = signal
  }

  take(): Part | undefined {
    return this.#signal?.aborted ? undefined : this.#reader?.take()
  }

  async next(): Promise<PartResult> {
    if (this.#isGone) return { done: true, value: undefined }
    const signal = this.#signal
    signal?.throwIfAborted()
    this.#reader ??= this.#board()
    const next = this.#reader.next()
    return signal ? this.#unlessAborted(next, signal) : next
  }

  async return(): Promise<PartResult> {
    this.#isGone = true
    await this.#reader?.return()
    return { done: true, value: undefined }
  }

  #unlessAborted(next: Promise<PartResult>, signal: AbortSignal): Promise<PartResult> {
    return new Promise<PartResult>((resolve, reject) => {
      const abort = () => {
        void this.return()
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      next.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }
}
