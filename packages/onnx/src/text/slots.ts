import { cacheBytes, type TextCache } from './cache.ts'

/** A text that was read once, and what the model remembers of it. */
interface Slot {
  readonly tokens: readonly number[]
  readonly cache: TextCache
  readonly bytes: number
}

/** The beginning of a text that need not be read again. */
interface Prefix {
  readonly cache: TextCache
  /** Tokens that the text shares with it: `cache` has these and perhaps more. */
  readonly length: number
}

/** Texts that were read before, least recently used first, within a number of bytes. */
export interface Slots {
  /** The longest beginning of `tokens` that is known; of a model that can't be rewound, a text that `tokens` goes on from. At least one token is left to read. */
  find(tokens: readonly number[]): Prefix | undefined
  /** Keeps a text in place of those that it begins with. */
  put(tokens: readonly number[], cache: TextCache): void
  /** Drops texts until all of them hold at most so many bytes. */
  shrink(bytes: number): void
  readonly count: number
  readonly bytes: number
}

/** `rewinds`: the cache of a text holds that of its beginnings. */
export function slots(rewinds: boolean): Slots {
  let all: Slot[] = []
  let bytes = 0
  const drop = (gone: (slot: Slot) => boolean): void => {
    all = all.filter((slot) => {
      if (!gone(slot)) return true
      bytes -= slot.bytes
      return false
    })
  }
  return {
    find(tokens) {
      let found: Slot | undefined
      let length = 0
      for (const slot of all) {
        const shared = Math.min(sharedLength(slot.tokens, tokens), tokens.length - 1)
        if (shared <= length || (!rewinds && shared < slot.tokens.length)) continue
        found = slot
        length = shared
      }
      if (!found) return undefined
      all = [...all.filter((slot) => slot !== found), found]
      return { cache: found.cache, length }
    },
    put(tokens, cache) {
      if (rewinds && all.some((slot) => sharedLength(slot.tokens, tokens) === tokens.length)) return
      drop((slot) => sharedLength(slot.tokens, tokens) === slot.tokens.length)
      const slot = { tokens, cache, bytes: cacheBytes(cache) }
      all.push(slot)
      bytes += slot.bytes
    },
    shrink(limit) {
      while (bytes > limit) {
        const [oldest] = all
        drop((slot) => slot === oldest)
      }
    },
    get count() {
      return all.length
    },
    get bytes() {
      return bytes
    },
  }
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a[length] === b[length]) length++
  return length
}
