import type { Range } from '../automaton/utf8.ts'

/** A set of code points: ranges in order, none touching another. */
export type Ranges = readonly Range[]

const last = 0x10ffff
/** Every code point. */
export const everything: Ranges = [[0, last]]

/** Sorted and joined. */
export function union(...sets: readonly Ranges[]): Ranges {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0])
  const joined: [number, number][] = []
  for (const [from, to] of sorted) {
    const before = joined.at(-1)
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to)
    else joined.push([from, to])
  }
  return joined
}

/** What is not in the set. */
export function complement(set: Ranges): Ranges {
  const rest: Range[] = []
  let from = 0
  for (const [first, end] of set) {
    if (first > from) rest.push([from, first - 1])
    from = end + 1
  }
  return from <= last ? [...rest, [from, last]] : rest
}

/** The part that is not above `limit`. */
export const upTo = (set: Ranges, limit: number): Ranges =>
  set.filter(([first]) => first <= limit).map(([first, end]) => [first, Math.min(end, limit)])

const one = (...points: number[]): Ranges => points.map((point) => [point, point])

const lineEnds = one(0x0a, 0x0d, 0x2028, 0x2029)
const digits: Ranges = [[0x30, 0x39]]
const words = union(digits, [[0x41, 0x5a]], one(0x5f), [[0x61, 0x7a]])
/** WhiteSpace and LineTerminator of ECMA-262. */
const spaces = union(
  [[0x09, 0x0d]],
  one(0x20, 0xa0, 0x1680),
  [[0x2000, 0x200a]],
  lineEnds,
  one(0x202f, 0x205f, 0x3000, 0xfeff),
)

/** What a dot matches. */
export const notLineEnd = complement(lineEnds)

/** `\d`, `\s`, `\w` and their opposites. */
export const shorthand: Readonly<Record<string, Ranges>> = {
  d: digits,
  D: complement(digits),
  s: spaces,
  S: complement(spaces),
  w: words,
  W: complement(words),
}

const properties = new Map<string, Ranges>()

/** `\p{...}` as this JavaScript engine knows it. It must be a valid one. */
export function property(written: string): Ranges {
  let found = properties.get(written)
  if (!found) {
    const runs = allCharacters().matchAll(new RegExp(`${written}+`, 'gu'))
    found = union(Array.from(runs, ([run]): Range => [firstOf(run), lastOf(run)]))
    properties.set(written, found)
  }
  return found
}

const firstOf = (run: string): number => run.codePointAt(0) as number

function lastOf(run: string): number {
  const end = run.codePointAt(run.length - 2) ?? 0
  return end > 0xffff ? end : run.charCodeAt(run.length - 1)
}

/** Every code point but the surrogates, in order. */
function allCharacters(): string {
  const text: string[] = []
  for (let from = 0; from <= last; from += 0x800)
    if (from < 0xd800 || from > 0xdfff)
      text.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => from + i)))
  return text.join('')
}
