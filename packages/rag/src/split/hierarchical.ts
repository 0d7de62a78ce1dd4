import type { Chunk, Document, Span, Splitter } from '../contract.ts'

export interface HierarchyOptions {
  /** Cuts the document into the large chunks that are given to the model. */
  readonly parent: Splitter
  /** Cuts each of them into the small ones that are searched. */
  readonly child: Splitter
}

/**
 * Large chunks that hold small ones: the small are found, the large are read. A large chunk stands before its children, whose `parent` is its place in the list; one that its child splitter leaves whole is
 * a chunk without children. The child splitter may itself be hierarchical.
 */
export const hierarchicalSplitter =
  ({ parent, child }: HierarchyOptions): Splitter =>
  async (document) => {
    const chunks: Chunk[] = []
    for (const outer of await parent(document)) {
      const inner = (await child(partOf(document, outer))).map((chunk) => moved(chunk, outer))
      if (inner.length < 2) chunks.push(outer)
      else {
        const place = chunks.push(outer) - 1
        for (const chunk of inner) chunks.push({ ...chunk, parent: (chunk.parent ?? -1) + place + 1 })
      }
    }
    return chunks
  }

/** The stretch of a document as a document: its text, and the headings and pages in it. Headings above it are kept at its beginning, so that its chunks stand under them. */
function partOf(document: Document, { start, end }: Span): Document {
  const { headings = [], pages = [], text } = document
  const into = <T extends Span>(span: T): T => ({
    ...span,
    start: Math.max(0, span.start - start),
    end: Math.max(0, Math.min(span.end, end) - start),
  })
  return {
    ...document,
    text: text.slice(start, end),
    headings: headings.filter((heading) => heading.start < end).map(into),
    pages: pages.filter((page) => page.start < end).map(into),
  }
}

const moved = (chunk: Chunk, { start }: Span): Chunk => ({
  ...chunk,
  start: chunk.start + start,
  end: chunk.end + start,
})
