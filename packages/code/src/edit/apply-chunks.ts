import type { Applied } from './apply.ts'
import type { Chunk } from './edit.ts'
import { placesOf } from './find.ts'
import { joinLines, type Line, replaceLines } from './lines.ts'
import { mismatch } from './mismatch.ts'

type Same = (wanted: string, line: string) => boolean

/** From strict to lenient, with what each counts as fuzz. */
const comparisons: readonly (readonly [number, Same])[] = [
  [0, (wanted, line) => wanted === line],
  [1, (wanted, line) => wanted.trimEnd() === line.trimEnd()],
  [100, (wanted, line) => wanted.trim() === line.trim()],
]

const endMissed = 10_000

interface Place {
  readonly at: number
  readonly fuzz: number
}

/** Applies the chunks of a V4A patch in their order, each behind the one before it. */
export function applyPatchChunks(chunks: readonly Chunk[], given: readonly Line[]): Applied {
  let lines = given
  let from = 0
  let fuzz = 0
  for (const chunk of chunks) {
    const start = scopeEnd(chunk.scope, lines, from)
    if (start === undefined)
      return {
        ok: false,
        message: `The line of @@ ${chunk.scope.join(' / ')} is not in the file, or not behind the chunk before.`,
      }
    const search = chunk.lines.filter(({ op }) => op !== '+').map(({ text }) => text)
    const place = search.length === 0 ? endOr(chunk, lines, start) : placeOf(chunk, search, lines, start)
    if (place === 'twice')
      return {
        ok: false,
        message: `The lines of the chunk are there more than once:\n${search.join('\n')}\nGive more lines around them, or a line @@ with the name of what they are in.`,
      }
    if (!place)
      return {
        ok: false,
        message: mismatch(
          search,
          lines,
          chunk.lines.filter(({ op }) => op !== '-').map(({ text }) => text),
        ),
      }
    const texts = written(chunk, lines, place.at)
    lines = replaceLines(lines, place.at, search.length, texts)
    from = place.at + texts.length
    fuzz += place.fuzz
  }
  return { ok: true, text: joinLines(lines), fuzz }
}

/** The new lines: kept lines are the file's own, however they were spelt. */
function written({ lines: chunk }: Chunk, lines: readonly Line[], at: number): string[] {
  let index = at
  return chunk.flatMap(({ op, text }) => {
    if (op === '+') return [text]
    const own = lines[index++]?.text ?? text
    return op === ' ' ? [own] : []
  })
}

/** Lines alone go behind the scope, to the end of the file, or into an empty file. */
function endOr(chunk: Chunk, lines: readonly Line[], start: number): Place | undefined {
  if (chunk.scope.length > 0) return { at: start, fuzz: 0 }
  return chunk.atEnd || lines.length === 0 ? { at: lines.length, fuzz: 0 } : undefined
}

/** The line behind the last of the scope's lines; `undefined` when one is missing. */
function scopeEnd(scope: readonly string[], lines: readonly Line[], from: number): number | undefined {
  let at = from
  for (const wanted of scope) {
    const found = comparisons
      .map(([, same]) => placesOf([wanted], lines, same, at)[0])
      .find((place) => place !== undefined)
    if (found === undefined) return undefined
    at = found + 1
  }
  return at
}

function placeOf(
  chunk: Chunk,
  search: readonly string[],
  lines: readonly Line[],
  from: number,
): Place | 'twice' | undefined {
  for (const [fuzz, same] of comparisons) {
    const places = placesOf(search, lines, same, from)
    const atEnd = chunk.atEnd ? places.find((at) => at + search.length === lines.length) : undefined
    if (atEnd !== undefined) return { at: atEnd, fuzz }
    const [at, second] = places
    if (at === undefined) continue
    // A scope says where to begin looking: the first place behind it is meant.
    if (second !== undefined && chunk.scope.length === 0) return 'twice'
    return { at, fuzz: fuzz + (chunk.atEnd ? endMissed : 0) }
  }
  return undefined
}
