import type { HunkLine } from './edit.ts'
import { type Line, replaceLines } from './lines.ts'

/** Where lines were found, and the file with them replaced. */
export interface Found {
  readonly lines: Line[]
  readonly at: number
  readonly fuzz: number
}

/** Where `wanted` stands in a file, by a comparison of lines: all places, in order. */
export function placesOf<T>(
  wanted: readonly T[],
  lines: readonly Line[],
  same: (wanted: T, line: string) => boolean,
  from = 0,
): number[] {
  const places: number[] = []
  for (let at = from; at + wanted.length <= lines.length; at++)
    if (wanted.every((line, index) => same(line, lines[at + index]?.text ?? ''))) places.push(at)
  return places
}

/** Finds lines as they are, else indented otherwise, and replaces them. `twice`: they are there more than once. */
export function findBlock(
  search: readonly string[],
  replace: readonly string[],
  lines: readonly Line[],
): Found | 'twice' | undefined {
  if (search.length === 0) return undefined
  const exact = placesOf(search, lines, (wanted, line) => wanted === line)
  if (exact.length > 1) return 'twice'
  if (exact[0] !== undefined)
    return { lines: replaceLines(lines, exact[0], search.length, replace), at: exact[0], fuzz: 0 }
  return shifted(search, replace, lines)
}

const isBlank = (text: string) => text.trim() === ''
const indentOf = (text: string) => /^[ \t]*/.exec(text)?.[0] ?? ''

/** The lines without the indentation that all of them have. */
function outdent(texts: readonly string[]): readonly string[] {
  const depths = texts.filter((text) => !isBlank(text)).map((text) => indentOf(text).length)
  const least = depths.length > 0 ? Math.min(...depths) : 0
  return texts.map((text) => (isBlank(text) ? '' : text.slice(least)))
}

/** The same lines at another depth: what is put in front of each must be the same for all. */
function shifted(
  search: readonly string[],
  replace: readonly string[],
  lines: readonly Line[],
): Found | 'twice' | undefined {
  const bare = outdent([...search, ...replace])
  const wanted = bare.slice(0, search.length)
  const sign = wanted.find((text) => text !== '')
  if (sign === undefined) return undefined
  const places = placesOf(wanted, lines, (text, line) => (text === '' ? isBlank(line) : line.endsWith(text)))
    .map((at) => ({ at, added: addedIndent(wanted, lines, at) }))
    .filter((place): place is { at: number; added: string } => place.added !== undefined)
  if (places.length > 1) return 'twice'
  const [place] = places
  if (!place) return undefined
  const { at, added } = place
  const texts = bare.slice(search.length).map((text) => (text === '' ? '' : added + text))
  return { lines: replaceLines(lines, at, search.length, texts), at, fuzz: 100 }
}

/** What stands in front of each wanted line, when it is the same indentation everywhere. */
function addedIndent(wanted: readonly string[], lines: readonly Line[], at: number): string | undefined {
  const added = new Set(
    wanted.flatMap((text, index) => {
      const line = lines[at + index]?.text ?? ''
      return text === '' ? [] : [line.slice(0, line.length - text.length)]
    }),
  )
  const [only] = added
  return added.size === 1 && only !== undefined && isBlank(only) ? only : undefined
}

/** So many characters that are no space tell a place, where there are several of the like. */
const tellingLength = 10

/** A hunk as a whole, else its changes one by one, each with less and less of the lines around it. */
export function smallerHunks(hunk: readonly HunkLine[], lines: readonly Line[]): Found | undefined {
  const whole = placeHunk(hunk, lines)
  if (whole) return whole
  let result: readonly Line[] = lines
  let fuzz = 0
  const parts = partsOf(hunk)
  for (const part of parts) {
    const found = shrinking(part, result)
    if (!found) return undefined
    result = found.lines
    fuzz += found.fuzz + 1
  }
  return parts.length > 0 ? { lines: [...result], at: 0, fuzz } : undefined
}

function placeHunk(hunk: readonly HunkLine[], lines: readonly Line[]): Found | undefined {
  const search = hunk.filter(({ op }) => op !== '+').map(({ text }) => text)
  const replace = hunk.filter(({ op }) => op !== '-').map(({ text }) => text)
  // Lines that are added to an empty file need no place.
  if (search.length === 0)
    return lines.length === 0 ? { lines: replaceLines(lines, 0, 0, replace), at: 0, fuzz: 0 } : undefined
  const found = findBlock(search, replace, lines)
  return found === 'twice' ? undefined : found
}

/** A hunk cut into its runs of changes, each with the kept lines before and after it. */
function partsOf(hunk: readonly HunkLine[]): HunkLine[][] {
  const runs: { from: number; to: number }[] = []
  for (const [index, { op }] of hunk.entries()) {
    if (op === ' ') continue
    const last = runs.at(-1)
    if (last && last.to === index) last.to = index + 1
    else runs.push({ from: index, to: index + 1 })
  }
  return runs.map((_, index) => hunk.slice(runs[index - 1]?.to ?? 0, runs[index + 1]?.from ?? hunk.length))
}

/** So many kept lines next to a change are looked at, on each side. */
const nearby = 8

/** Drops kept lines from the outside in, one at a time from both ends, until the rest is found once. */
function shrinking(whole: readonly HunkLine[], lines: readonly Line[]): Found | undefined {
  const first = whole.findIndex(({ op }) => op !== ' ')
  const last = whole.findLastIndex(({ op }) => op !== ' ')
  const part = whole.slice(Math.max(0, first - nearby), last + 1 + nearby)
  const before = part.findIndex(({ op }) => op !== ' ')
  const after = part.length - 1 - part.findLastIndex(({ op }) => op !== ' ')
  for (let drop = 0; drop <= before + after; drop++) {
    for (let front = Math.max(0, drop - after); front <= Math.min(drop, before); front++) {
      const less = part.slice(front, part.length - (drop - front))
      const telling = less.filter(({ op }) => op !== '+').map(({ text }) => text.replace(/\s/g, ''))
      if (drop > 0 && telling.join('').length < tellingLength) continue
      const found = placeHunk(less, lines)
      if (found) return found
    }
  }
  return undefined
}
