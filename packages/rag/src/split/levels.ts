import type { Span } from '../contract.ts'
import { mayCut, trimmed } from './graphemes.ts'

/** Parts a stretch of text into smaller ones, in order, that hold all of it but white space. One part means: there is nothing to cut here. */
export type Level = (text: string, span: Span) => readonly Span[]

/** Cuts behind every match of a pattern. */
const behind =
  (pattern: RegExp): Level =>
  (text, span) => {
    const cuts: number[] = []
    for (const match of text.slice(span.start, span.end).matchAll(pattern)) {
      const at = span.start + match.index + match[0].length
      if (mayCut(text, at)) cuts.push(at)
    }
    return partsOf(text, span, cuts)
  }

/** The parts between cuts, without white space around them; those of white space alone are left out. */
export function partsOf(text: string, { start, end }: Span, cuts: readonly number[]): Span[] {
  const parts: Span[] = []
  let from = start
  for (const cut of [...cuts, end]) {
    const part = trimmed(text, { start: from, end: cut })
    if (part.end > part.start) parts.push(part)
    from = cut
  }
  return parts
}

export const paragraphs = behind(/\n(?:[^\S\n]*\r?\n)+/gu)
export const lines = behind(/\n|\r(?!\n)/gu)
const sentences = behind(/[.!?…]["'”’»)\]]{0,3}\s+|[。！？｡]["'”’」』）]{0,3}/gu)
export const clauses = behind(/[,;:–—]\s+|[，；：、]/gu)
export const words = behind(/\s+/gu)

/** From the places where a text is best cut to those where it may be at all. */
export const textLevels: readonly Level[] = [paragraphs, lines, sentences, clauses, words]
