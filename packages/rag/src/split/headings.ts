import type { Document, Span, Splitter } from '../contract.ts'
import { textLevels } from './levels.ts'
import { budgetOf, type SplitOptions } from './options.ts'
import { fittingSpans } from './recursive.ts'
import { toChunks } from './to-chunks.ts'

/**
 * Cuts before every heading of the document (Markdown, HTML, Word, e-books), so that no chunk belongs to two sections; sections that are too long are cut like `recursiveSplitter` does. A short section
 * that only leads to what stands under it stays with that.
 */
export const headingSplitter =
  (options: SplitOptions = {}): Splitter =>
  (document) => {
    const { text, headings = [] } = document
    const walls = headings.map(({ start }) => start)
    const spans = sectionsOf(document, options).flatMap((section) =>
      fittingSpans(text, section, textLevels, options, walls),
    )
    return toChunks(document, spans)
  }

/** From each heading to the next. One of less than a quarter of the size is joined with the deeper one that follows where both fit. */
function sectionsOf({ text, headings = [] }: Document, options: SplitOptions): Span[] {
  const { size, measure } = budgetOf(text, options)
  const sections: (Span & { readonly level: number })[] = []
  const edges = [{ start: 0, level: 0 }, ...headings]
  edges.forEach(({ start, level }, place) => {
    const end = edges[place + 1]?.start ?? text.length
    const before = sections.at(-1)
    const leads = before && before.level < level && (before.level > 0 || text.slice(0, start).trim() === '')
    if (leads && measure(before.start, start) * 4 < size && measure(before.start, end) <= size) {
      sections[sections.length - 1] = { ...before, end, level }
    } else sections.push({ start, end, level })
  })
  return sections
}
