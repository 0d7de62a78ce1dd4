import { AnyModelError } from '@anymodel/core'
import type { Span, Splitter } from '../contract.ts'
import { clauses, type Level, paragraphs, partsOf, words } from './levels.ts'
import { budgetOf, type SplitOptions } from './options.ts'
import { fittingSpans } from './recursive.ts'
import { toChunks } from './to-chunks.ts'

export interface SentenceOptions extends SplitOptions {
  /** Exactly so many sentences in a chunk, if they fit: 1 to find sentences and read them in their window. Default: as many as fit. */
  readonly sentences?: number
}

/** Cuts between sentences, as the rules of the document's language tell them (`Intl.Segmenter`). A sentence that is too long is cut at clauses and words. With `sentences`, `overlap` is 0 unless given. */
export const sentenceSplitter =
  ({ sentences, ...options }: SentenceOptions = {}): Splitter =>
  (document) => {
    const { text, language } = document
    const level = sentencesOf(language)
    const whole = { start: 0, end: text.length }
    if (sentences === undefined) return toChunks(document, fittingSpans(text, whole, [level, clauses, words], options))
    if (!Number.isInteger(sentences) || sentences < 1) {
      throw new AnyModelError('invalid-argument', `sentences is ${sentences}: give a whole number of at least 1.`)
    }
    budgetOf(text, options)
    const groups = inGroups(level(text, whole), sentences)
    const spans = groups.flatMap((group) =>
      fittingSpans(text, group, [level, clauses, words], { overlap: 0, ...options }),
    )
    return toChunks(document, spans)
  }

function sentencesOf(language: string | undefined): Level {
  const segmenter = new Intl.Segmenter(supported(language), { granularity: 'sentence' })
  return (text, span) =>
    paragraphs(text, span).flatMap((paragraph) => partsOf(text, paragraph, beginnings(text, paragraph, segmenter)))
}

/** The segmenter takes quadratic time for long texts (Node 20: 10 s for 400,000 characters, 0.2 s for a quarter of that): it gets them by the window. */
const longest = 5_000

/** Where sentences begin in a paragraph. For the segmenter a line end ends a sentence; in a paragraph it is a space. */
function beginnings(text: string, { start, end }: Span, segmenter: Intl.Segmenter): number[] {
  const found: number[] = []
  for (let at = start; at < end; ) {
    const window = text.slice(at, Math.min(end, at + longest)).replace(/[\r\n\u0085\u2028\u2029]/g, ' ')
    const inside = Array.from(segmenter.segment(window), ({ index }) => at + index).slice(1)
    found.push(...inside)
    at = at + longest < end ? (inside.at(-1) ?? at + longest) : end
  }
  return found
}

function supported(language: string | undefined): string {
  try {
    return Intl.Segmenter.supportedLocalesOf(language ?? 'und')[0] ?? 'und'
  } catch {
    return 'und'
  }
}

function inGroups(spans: readonly Span[], size: number): Span[] {
  const groups: Span[] = []
  for (let at = 0; at < spans.length; at += size) {
    const [first, last] = [spans[at], spans[Math.min(at + size, spans.length) - 1]]
    if (first && last) groups.push({ start: first.start, end: last.end })
  }
  return groups
}
