import type { Ticket } from '../ticket.ts'

/** What a request wants to be let through with. */
export interface Wanted {
  readonly tokens: number
  /** Those of one group wait in line; groups take turns. */
  readonly group: string
  readonly signal?: AbortSignal | undefined
}

/** One that waits. It is told once, and leaves neither timer nor listener behind. */
export interface Waiter extends Wanted {
  /** Milliseconds that it still has. */
  readonly patience: () => number
  readonly pass: (ticket: Ticket) => void
  readonly fail: (error: unknown) => void
}

interface Waiting {
  readonly wanted: Wanted
  /** Nobody waits any more. */
  readonly left: AbortSignal
  readonly timeout: number
  /** It stands in line. */
  readonly begin: (waiter: Waiter) => void
  /** It went away without a ticket. */
  readonly gone: (waiter: Waiter) => void
  readonly late: () => Error
}

/** Waits for a ticket, for the caller's abort, or until it takes too long. */
export function waitForTicket({ wanted, left, timeout, begin, gone, late }: Waiting): Promise<Ticket> {
  const { signal } = wanted
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      left.removeEventListener('abort', leave)
    }
    const fail = (error: unknown) => {
      settle()
      reject(error)
      gone(waiter)
    }
    const abort = () => fail(signal?.reason)
    const leave = () => fail(left.reason)
    const until = performance.now() + timeout
    const timer = timeout > 0 ? setTimeout(() => fail(late()), timeout) : undefined
    signal?.addEventListener('abort', abort, { once: true })
    left.addEventListener('abort', leave, { once: true })
    const pass = (ticket: Ticket) => {
      settle()
      resolve(ticket)
    }
    const waiter: Waiter = { ...wanted, patience: () => until - performance.now(), pass, fail }
    begin(waiter)
  })
}
