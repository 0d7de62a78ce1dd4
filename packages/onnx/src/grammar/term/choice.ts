import { bytesOf, type Literals } from './literal.ts'
import type { Term, Terms } from './term.ts'

/** What terms of bytes are made with. */
export interface Making {
  readonly terms: Terms
  readonly literals: Literals
}

/**
 * One of many texts and then what comes behind it, as a search in their sorted list: a state is the part of the list that still fits, so ten thousand choices cost no more than they are long.
 * `id` names the list. Default: nothing comes behind.
 */
export function choice(
  { terms, literals }: Making,
  id: string,
  texts: readonly string[],
  behind: (text: string) => Term = () => terms.empty,
): Term {
  const sorted = [...new Set(texts)]
    .map((text) => ({ text, bytes: bytesOf(text) }))
    .sort((a, b) => (a.bytes < b.bytes ? -1 : 1))
  return from(0, sorted.length, 0)

  /** The texts from `first` to before `last`, which share their first `depth` bytes. */
  function from(first: number, last: number, depth: number): Term {
    const entry = sorted[first]
    if (!entry || first === last) return terms.never
    if (last - first === 1) return terms.sequence(literals.of(entry.bytes.slice(depth)), behind(entry.text))
    if (entry.bytes.length === depth) return terms.alternatives([behind(entry.text), from(first + 1, last, depth)])
    return terms.terminal(`choice:${id}:${first}:${last}:${depth}`, () => {
      const lowest = byteAt(first, depth)
      return {
        nullable: false,
        sole: lowest === byteAt(last - 1, depth) ? lowest : -1,
        next: (byte) => from(find(first, last, depth, byte), find(first, last, depth, byte + 1), depth + 1),
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
    return sorted[index]?.bytes.charCodeAt(depth) ?? -1
  }
}
