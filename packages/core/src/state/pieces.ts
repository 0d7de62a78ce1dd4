import type { Claim } from './state.ts'

/** A window is counted in this many pieces: what is remembered of a key does not grow with the calls. */
const pieces = 60

export const pieceOf = (window: number): number => Math.max(1, Math.ceil(window / pieces))

/** Under which name a claim is kept, and until when it counts: a lease for its window, the rest until a window after the piece of time in which it falls. */
export function placeOf({ lease, window }: Pick<Claim, 'lease' | 'window'>, now: number): Place {
  if (lease !== undefined) return { part: lease, expires: now + window }
  const piece = pieceOf(window)
  const at = Math.floor(now / piece)
  return { part: String(at), expires: (at + 1) * piece + window }
}

interface Place {
  readonly part: string
  readonly expires: number
}

/** The longest that something may still count. More than that: the clock was set back. */
export const longest = ({ window, isLease }: { readonly window: number; readonly isLease: boolean }): number =>
  isLease ? window : window + pieceOf(window)

export interface Counted {
  readonly amount: number
  readonly expires: number
}

/** Milliseconds until so much has lapsed that `amount` fits. */
export function waitFor(counted: readonly Counted[], { amount, limit }: Claim, now: number): number {
  let over = counted.reduce((sum, one) => sum + one.amount, amount) - limit
  let wait = 0
  for (const one of [...counted].sort((a, b) => a.expires - b.expires)) {
    if (over <= 0) break
    over -= one.amount
    wait = one.expires - now
  }
  return Math.max(1, Math.ceil(wait))
}
