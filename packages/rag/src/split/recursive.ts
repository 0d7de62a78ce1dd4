import type { Span, Splitter } from '../contract.ts'
import { type Level, textLevels } from './levels.ts'
import { budgetOf, type SplitOptions } from './options.ts'
import { withOverlap } from './overlap.ts'
import { cut } from './pack.ts'
import { toChunks } from './to-chunks.ts'

/**
 * Cuts at paragraphs; where one is too long, at its lines, then sentences, clauses, words, characters. What fits stays whole, and the pieces of what doesn't are of like size. No chunk is larger than `size`;
 * only a single character that alone is larger stays whole.
 */
export const recursiveSplitter =
  (options: SplitOptions = {}): Splitter =>
  (document) => {
    const { text } = document
    return toChunks(document, fittingSpans(text, { start: 0, end: text.length }, textLevels, options))
  }

/** The spans of a stretch of text that fit, with their overlap. */
export function fittingSpans(
  text: string,
  span: Span,
  levels: readonly Level[],
  options: SplitOptions,
  walls: readonly number[] = [],
): Span[] {
  const budget = budgetOf(text, options)
  const whole = cut(text, span, levels, budget)
  if (whole.length < 2) return whole
  const spans = cut(text, span, levels, { ...budget, size: budget.size - budget.overlap })
  return withOverlap(text, spans, budget, walls)
}
