import { bytesOf } from './literal.ts'
import type { Term, Terms } from './term.ts'

/**
 * One of many texts, as a search in their sorted list: a state is the part of the list that still fits, so ten thousand choices cost no more than they are long. `id` names the list.
 */
export function choice(terms: Terms, id: string, texts: readonly string[]): Term {
  const sorted = [...new Set(texts.map(bytesOf))].sort((a, b) => (a < b ? -1 : 1))
  return from(0, sorted.length, 0)

  /** The texts from `first` to before `last`, which share their first `depth` bytes. */
  function from(first: number, last: number, depth: number): Term {
    if (first === last) return terms.never
    const nullable = sorted[first]?.length === depth
    if (nullable && last - first === 1) return terms.empty
    return terms.terminal(`choice:${id}:${first}:${last}:${depth}`, () => {
      const begin = nullable ? first + 1 : first
      const lowest = byteAt(begin, depth)
      return {
        nullable,
        sole: !nullable && lowest === byteAt(last - 1, depth) ? lowest : -1,
        next: (byte) => from(find(begin, last, depth, byte), find(begin, last, depth, byte + 1), depth + 1),
      }
    })
  }

  /** The first text of a part whose byte at `depth` is not below `byte`. */
  function find(begin: number, end: number, depth: number, byte: number): number {
    let low = begin
    let high = end
    while (low < high) {
      const middle = (low + high) >> 1
      if (byteAt(middle, depth) < byte) low = middle + 1
      else high = middle
    }
    return low
  }

  function byteAt(index: number, depth: number): number {
    return sorted[index]?.charCodeAt(depth) ?? -1
  }
}
