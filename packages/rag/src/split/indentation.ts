import type { Span } from '../contract.ts'
import { clauses, type Level, lines, partsOf, words } from './levels.ts'

interface Line extends Span {
  readonly indent: number
  readonly kind: 'begins' | 'goes on' | 'leads'
  /** The line above is not empty. */
  readonly follows: boolean
}

/** Lines that belong to what stands above them: closing brackets, and words that go on with a statement. */
const goesOn =
  /^(?:[)\]}>{,.:|&?]|(?:end|else|elif|elsif|except|rescue|finally|ensure|catch|then|do|done|fi|esac|in|where|while \(.*\);)\b)/
/** Lines that belong to what stands below them: comments, decorators, attributes. */
const leads = /^(?:\/\/|\/\*|\*|#(?!include|define|if|endif)|--|;;|%|@|\[\w)/

function linesOf(text: string, { start, end }: Span): Line[] {
  const found: Line[] = []
  let follows = false
  for (const { index, 0: line } of text.slice(start, end).matchAll(/[^\n]+/g)) {
    const indent = /^[ \t]*/.exec(line)?.[0] ?? ''
    const words = line.slice(indent.length, indent.length + 200)
    const at = start + index
    follows = follows && text[at - 1] === '\n' && text[at - 2] !== '\n'
    if (words.trim() === '') follows = false
    else {
      const kind = goesOn.test(words) ? 'goes on' : leads.test(words) ? 'leads' : 'begins'
      found.push({ start: at, end: at + line.length, indent: indent.replaceAll('\t', '    ').length, kind, follows })
      follows = true
    }
  }
  return found
}

/** Parts code at the outermost lines below the first that begin something. */
const blocks: Level = (text, span) => {
  const all = linesOf(text, span)
  const inner = all.filter((line, place) => place > 0 && line.kind !== 'goes on' && !ledBy(all[place - 1], line))
  const indent = inner.reduce((least, line) => Math.min(least, line.indent), Number.POSITIVE_INFINITY)
  return partsOf(
    text,
    span,
    inner.filter((line) => line.indent <= indent).map(({ start }) => start),
  )
}

const ledBy = (above: Line | undefined, line: Line): boolean =>
  line.follows && above?.kind === 'leads' && above.indent <= line.indent + 1 && above.indent >= line.indent

/** Code that is nested more deeply is cut at its lines. */
const depth = 16

/** From the outermost lines of code inwards, down to lines, clauses and words. Works alike for languages with braces, with `end` and with indentation. */
export const indentationLevels: readonly Level[] = [
  ...Array.from({ length: depth }, () => blocks),
  lines,
  clauses,
  words,
]
