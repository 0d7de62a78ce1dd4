import type { Event, Report } from './messages.ts'

/** Steps that follow each other faster than this share a message, ms. */
const quickStep = 2

/** But no event is held back for longer, ms. */
const longestHold = 8

/** Nor are more events than this: a reader that leaves after the first one has to pass over the others. */
const mostHeld = 32

/** Takes events to the caller's thread. */
export interface Outbox {
  add(id: number, events: readonly Event[]): void
  /** Sends what is held back. */
  flush(): void
}

/**
 * Sends what is said after a pause, and the end of an answer, at once, and the rest of what the requests of one step say as one message before the next step is computed; a way between threads costs
 * as much as a step of a small model. Where steps take a fraction of a millisecond, what was said within eight goes together.
 */
export function outbox(tell: (report: Report) => void, clock: () => number = () => performance.now()): Outbox {
  let held = new Map<number, Event[]>()
  let count = 0
  let scheduled = false
  let sentAt = Number.NEGATIVE_INFINITY
  let turnAt = 0
  const flush = (): void => {
    if (held.size === 0) return
    const events = [...held]
    held = new Map()
    count = 0
    sentAt = clock()
    tell({ type: 'events', events })
  }
  const turn = (): void => {
    const now = clock()
    const hold = now - turnAt < quickStep && now - sentAt < longestHold
    turnAt = now
    scheduled = hold && held.size > 0
    if (scheduled) setImmediate(turn)
    else flush()
  }
  return {
    flush,
    add(id, events) {
      const before = held.get(id)
      if (before) before.push(...events)
      else held.set(id, [...events])
      count += events.length
      const isLast = events.at(-1)?.type === 'finish'
      if (isLast || count >= mostHeld || clock() - sentAt >= longestHold) return flush()
      if (scheduled) return
      scheduled = true
      setImmediate(turn)
    },
  }
}
