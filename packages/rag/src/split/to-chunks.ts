import type { Chunk, Document, Heading, Span } from '../contract.ts'

/** Spans as chunks, each with its text, the headings above it and the page on which it begins. The spans stand in the order of the text. */
export function toChunks(document: Document, spans: readonly Span[]): Chunk[] {
  const { text, headings = [], pages = [] } = document
  const path: Heading[] = []
  let heading = 0
  let page = -1
  return spans.map(({ start, end }) => {
    for (let next = headings[heading]; next && next.start <= start; next = headings[++heading]) {
      while ((path.at(-1)?.level ?? 0) >= next.level) path.pop()
      path.push(next)
    }
    while ((pages[page + 1]?.start ?? Number.POSITIVE_INFINITY) <= start) page++
    const label = pages[page]?.label
    const titles = path.map(({ title }) => title)
    return {
      text: text.slice(start, end),
      start,
      end,
      headings: titles,
      ...(label === undefined ? {} : { page: label }),
    }
  })
}
