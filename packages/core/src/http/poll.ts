import { AnyModelError } from '../errors.ts'
import { pause } from '../resilience/pause.ts'

/** How often a job is looked at. */
export interface PollOptions {
  /** Wait before the first look, in ms. Default 1,000. */
  readonly first?: number
  /** Longest wait between two looks, in ms. Default 10,000. */
  readonly most?: number
  /** The whole of it, in ms: a job that is not done by then is a `timeout` error; it is not cancelled by that. Default one hour. */
  readonly total?: number
}

/** The waits of one job. */
export interface Poll {
  /** Waits for the next look: a little longer each time, as long as the service asks for when it does. An abort rejects with the signal's reason. */
  wait(signal?: AbortSignal, asked?: number): Promise<void>
}

/** Waits between the looks at a job that a service works on. */
export function poll({ first = 1_000, most = 10_000, total = 3_600_000 }: PollOptions = {}): Poll {
  const until = Date.now() + total
  let next = first
  return {
    async wait(signal, asked) {
      signal?.throwIfAborted()
      const ms = Math.min(asked ?? next, most)
      if (Date.now() + ms > until)
        throw new AnyModelError(
          'timeout',
          `The job was not done after ${Math.round(total / 1_000)} s. Raise jobs: { total }, or take its handle and look again later.`,
          { clock: 'total', retryable: false },
        )
      next = Math.min(next * 1.5, most)
      await pause(ms, signal)
    },
  }
}
