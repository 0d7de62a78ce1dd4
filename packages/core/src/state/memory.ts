import { type Counted, placeOf, waitFor } from './pieces.ts'
import type { Claim, Hold, Settlement, State } from './state.ts'

export interface MemoryStateOptions {
  /** Bytes that values may take together, about. The one that was not read for longest goes first. Default 64 MB. */
  readonly maxBytes?: number
  /** Milliseconds on a clock that never goes back. Default: the process's. */
  readonly now?: () => number
}

/** A state in this process: the default. */
export function memoryState({ maxBytes = 64e6, now = () => performance.now() }: MemoryStateOptions = {}): State {
  const values = new Values(maxBytes)
  const counts = new Counts()
  return {
    get: async (key) => values.get(key, now()),
    set: async (key, value, ttl) => values.set(key, value, now() + ttl),
    delete: async (key) => values.delete(key),
    take: async (claims) => counts.take(claims, now()),
    settle: async (settlements) => counts.settle(settlements, now()),
    counted: async (keys) => keys.map((key) => counts.of(key, now())),
  }
}

interface Value {
  readonly value: string
  readonly expires: number
}

class Values {
  readonly #maxBytes: number
  /** In the order of their last use. */
  readonly #values = new Map<string, Value>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(key: string, now: number): string | undefined {
    const found = this.#values.get(key)
    if (!found) return undefined
    this.delete(key)
    if (found.expires <= now) return undefined
    this.#put(key, found)
    return found.value
  }

  set(key: string, value: string, expires: number): void {
    this.delete(key)
    if (bytesOf(key, value) > this.#maxBytes) return
    this.#put(key, { value, expires })
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#maxBytes) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const found = this.#values.get(key)
    if (!found) return
    this.#values.delete(key)
    this.#bytes -= bytesOf(key, found.value)
  }

  #put(key: string, value: Value): void {
    this.#values.set(key, value)
    this.#bytes += bytesOf(key, value.value)
  }
}

/** Strings take two bytes per code unit at most, an entry about a hundred besides. */
const bytesOf = (key: string, value: string): number => 2 * (key.length + value.length) + 100

type Parts = Map<string, Counted>

class Counts {
  readonly #keys = new Map<string, Parts>()
  #sweepAt = 0

  take(claims: readonly Claim[], now: number) {
    this.#sweep(now)
    for (const [at, claim] of claims.entries()) {
      const counted = this.#live(claim.key, now)
      // A lease that is taken again is not counted twice.
      const others = [...counted].filter(([part]) => part !== claim.lease).map(([, one]) => one)
      const sum = others.reduce((sum, { amount }) => sum + amount, claim.amount)
      if (sum > claim.limit) return { granted: false, at, wait: waitFor(others, claim, now) } as const
    }
    return { granted: true, holds: claims.map((claim) => this.#grant(claim, now)) } as const
  }

  settle(settlements: readonly Settlement[], now: number): void {
    for (const { hold, amount } of settlements) {
      const counted = this.#live(hold.key, now)
      const by = hold.isLease ? amount : amount - hold.amount
      const before = counted.get(hold.part)
      if (hold.isLease) this.#put(hold.key, hold.part, { amount, expires: now + hold.window })
      else if (before) this.#put(hold.key, hold.part, { ...before, amount: before.amount + by })
      else if (by > 0) this.#add(hold, by, now)
    }
  }

  of(key: string, now: number): number {
    return [...this.#live(key, now).values()].reduce((sum, { amount }) => sum + amount, 0)
  }

  #grant({ key, amount, window, lease }: Claim, now: number): Hold {
    const isLease = lease !== undefined
    const hold = { key, amount, window, part: placeOf({ window, ...(isLease ? { lease } : {}) }, now).part, isLease }
    if (isLease) this.#put(key, lease, { amount, expires: now + window })
    else this.#add(hold, amount, now)
    return hold
  }

  #add({ key, window }: Pick<Hold, 'key' | 'window'>, amount: number, now: number): void {
    const { part, expires } = placeOf({ window }, now)
    const before = this.#keys.get(key)?.get(part)
    this.#put(key, part, { amount: (before?.amount ?? 0) + amount, expires })
  }

  #put(key: string, part: string, counted: Counted): void {
    const parts = this.#keys.get(key) ?? new Map<string, Counted>()
    if (counted.amount > 0) parts.set(part, counted)
    else parts.delete(part)
    if (parts.size > 0) this.#keys.set(key, parts)
    else this.#keys.delete(key)
  }

  /** What still counts of a key. */
  #live(key: string, now: number): Parts {
    const parts = this.#keys.get(key)
    if (!parts) return new Map()
    for (const [part, { expires }] of parts) if (expires <= now) parts.delete(part)
    if (parts.size === 0) this.#keys.delete(key)
    return parts
  }

  /** Keys that nobody asks for any more do not stay for ever. */
  #sweep(now: number): void {
    if (now < this.#sweepAt) return
    this.#sweepAt = now + 60_000
    for (const key of this.#keys.keys()) this.#live(key, now)
  }
}
