import type { Found } from '../contract.ts'

/** A list of chunks, best first, and how much its word counts. */
export interface RankedList {
  readonly found: readonly Found[]
  /** Default 1. */
  readonly weight?: number
}

/**
 * Joins ranked lists by weighted reciprocal rank fusion: a chunk scores the sum of `weight / (k + rank)` over the lists that it stands in, ranks from 1. Only places count, so that scores of any kind go together.
 * `k` dampens the first places, default 60. Of chunks that say the same (by `hash`), the best stays. (Cormack, Clarke, Büttcher 2009)
 */
export function fuse(lists: readonly RankedList[], { k = 60 }: { readonly k?: number } = {}): Found[] {
  const scores = new Map<string, { chunk: Found['chunk']; score: number }>()
  for (const { found, weight = 1 } of lists) {
    for (const [at, { chunk }] of found.entries()) {
      const entry = scores.get(chunk.id) ?? { chunk, score: 0 }
      entry.score += weight / (k + at + 1)
      scores.set(chunk.id, entry)
    }
  }
  return withoutRepeats([...scores.values()].sort(better))
}

/** Best first; equals in an order that does not depend on the lists. */
const better = (a: Found, b: Found): number => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1)

/** Of chunks with the same content, the first. */
function withoutRepeats(found: readonly Found[]): Found[] {
  const seen = new Set<string>()
  return found.filter(({ chunk: { hash } }) => !seen.has(hash) && seen.add(hash))
}
