import { applyPatchChunks } from './apply-chunks.ts'
import type { Edit } from './edit.ts'
import { type Found, findBlock, smallerHunks } from './find.ts'
import { endLike, joinLines, type Line, replaceLines, splitLines } from './lines.ts'
import { mismatch } from './mismatch.ts'
import { isElision } from './parse-whole.ts'

/** What became of an edit: the new text (`undefined`: the file is gone), or why it can't be applied, in words that a model can act on. */
export type Applied =
  | {
      readonly ok: true
      readonly text: string | undefined
      /** 0: the lines were found as they are. The more was overlooked, the larger: 1 space at line ends, 100 indentation, 10,000 an end of file that is none. */
      readonly fuzz: number
    }
  | { readonly ok: false; readonly message: string }

const failed = (message: string): Applied => ({ ok: false, message })
const done = (text: string | undefined, fuzz = 0): Applied => ({ ok: true, text, fuzz })

/** Applies an edit to the text of its file; `undefined` where there is no such file. Never guesses: lines that are not there, or there twice, are a failure. */
export function applyEdit(edit: Edit, text: string | undefined): Applied {
  if (edit.kind === 'create') return text === undefined ? done(asText(edit.lines)) : failed(exists(edit.path))
  if (edit.kind === 'whole') return applyWhole(edit.lines, text)
  if (edit.kind === 'replace' && isBlank(edit.search)) return append(edit.replace, text)
  if (edit.kind === 'text' && edit.search === '')
    return text === undefined ? done(edit.replace) : failed(exists(edit.path))
  if (text === undefined) return failed(`There is no file ${edit.path}. Check its path; to make it, write all of it.`)
  if (edit.kind === 'delete') return done(undefined)
  if (edit.kind === 'text') return applyText(edit, text)
  const lines = splitLines(text)
  if (edit.kind === 'patch') return applyPatchChunks(edit.chunks, lines)
  if (edit.kind === 'hunk') {
    const found = smallerHunks(edit.lines, lines)
    return found
      ? done(joinLines(found.lines), found.fuzz)
      : failed(mismatch(removedOf(edit.lines), lines, addedOf(edit.lines)))
  }
  return applyBlock(edit.search, edit.replace, lines)
}

const exists = (path: string) => `There is a file ${path} already: change its lines instead of making it anew.`
const isBlank = (lines: readonly string[]) => lines.every((line) => line.trim() === '')
const asText = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

const removedOf = (lines: readonly { readonly op: string; readonly text: string }[]) =>
  lines.filter(({ op }) => op !== '+').map(({ text }) => text)
const addedOf = (lines: readonly { readonly op: string; readonly text: string }[]) =>
  lines.filter(({ op }) => op !== '-').map(({ text }) => text)

function append(replace: readonly string[], text: string | undefined): Applied {
  if (text === undefined) return done(asText(replace))
  const lines = splitLines(text)
  return done(joinLines(replaceLines(lines, lines.length, 0, replace)))
}

function applyWhole(written: readonly string[], text: string | undefined): Applied {
  if (text === undefined) return done(asText(written))
  const before = splitLines(text)
  const had = new Set(before.map((line) => line.text))
  const left = written.find((line) => isElision(line) && !had.has(line))
  if (left !== undefined)
    return failed(
      `The file is not whole: "${left.trim()}" stands for lines that are missing. Write every line of the file.`,
    )
  return done(joinLines(replaceLines(before, 0, before.length, written)))
}

/** The exact text, found exactly once, as tools have it. Line ends are those of the file. */
function applyText({ search, replace }: { search: string; replace: string }, text: string): Applied {
  const wanted = endLike(search, text)
  const at = text.indexOf(wanted)
  if (at < 0) return failed(mismatch(search.split('\n'), splitLines(text), replace.split('\n')))
  if (text.includes(wanted, at + 1))
    return failed(
      'The text to replace is there more than once. Give more of the text around it, so that it is there once.',
    )
  return done(text.slice(0, at) + endLike(replace, text) + text.slice(at + wanted.length))
}

/** Exact lines; the same lines indented otherwise; without a blank line too many at the front; pieces between `...`. */
function applyBlock(search: readonly string[], replace: readonly string[], lines: readonly Line[]): Applied {
  const found =
    findBlock(search, replace, lines) ?? withoutBlank(search, replace, lines) ?? byPieces(search, replace, lines)
  if (found === 'twice')
    return failed(
      'The lines to find are there more than once. Give more lines around them, so that they are there once.',
    )
  if (!found) return failed(mismatch(search, lines, replace))
  return done(joinLines(found.lines), found.fuzz)
}

function withoutBlank(
  [first, ...search]: readonly string[],
  replace: readonly string[],
  lines: readonly Line[],
): Found | 'twice' | undefined {
  if (first?.trim() !== '' || isBlank(search)) return undefined
  return findBlock(search, replace[0]?.trim() === '' ? replace.slice(1) : replace, lines)
}

const dots = (line: string) => /^\s*(?:\.\.\.|…)\s*$/.test(line)

/** Lines between `...` are pieces that must each be there once, in their order; what `...` stands for stays. */
function byPieces(
  search: readonly string[],
  replace: readonly string[],
  lines: readonly Line[],
): Found | 'twice' | undefined {
  const [from, to] = [piecesOf(search), piecesOf(replace)]
  if (from.length < 2 || from.length !== to.length) return undefined
  let result = lines
  let after = 0
  for (const [index, piece] of from.entries()) {
    const put = to[index] ?? []
    if (isBlank(piece) !== isBlank(put)) return undefined
    if (isBlank(piece)) continue
    const found = findBlock(piece, put, result)
    if (!found || found === 'twice') return found
    if (found.at < after) return undefined
    after = found.at + put.length
    result = found.lines
  }
  return { lines: [...result], at: 0, fuzz: 0 }
}

function piecesOf(lines: readonly string[]): string[][] {
  const pieces: string[][] = [[]]
  for (const line of lines) dots(line) ? pieces.push([]) : pieces.at(-1)?.push(line)
  return pieces
}
