import type { Citation } from './ask-options.ts'
import type { CitedClaim, QuoteCheck } from './check-quote.ts'
import type { NamedPassage } from './prompt.ts'

/** What stands behind a claim that is kept although its quote does not hold. */
const mark = ' [not supported]'

/** The answer as it grows, claim by claim. */
export interface AnswerText {
  /** Adds a claim; gives the text that came and, where its quote holds, the citation. */
  add(claim: CitedClaim, check: QuoteCheck | undefined): { readonly text: string; readonly citation?: Citation }
  text(): string
  readonly citations: readonly Citation[]
}

export function answerText(sources: readonly NamedPassage[]): AnswerText {
  let answer = ''
  const citations: Citation[] = []
  return {
    citations,
    text: () => answer,
    add({ claim: given }, check) {
      const claim = given.trim()
      const space = answer === '' ? '' : ' '
      const start = answer.length + space.length
      const text = `${space}${claim}${check ? '' : mark}`
      answer += text
      const citation = check && citationOf(claim, start, check, sources)
      if (citation) citations.push(citation)
      return { text, ...(citation ? { citation } : {}) }
    },
  }
}

function citationOf(
  claim: string,
  start: number,
  { sourceId, start: from = 0, end: to = 0 }: QuoteCheck,
  sources: readonly NamedPassage[],
): Citation | undefined {
  const source = sources.find(({ id }) => id === sourceId)
  if (!source) return undefined
  const { documentId, title, page, headings, start: offset } = source.passage
  return {
    claim,
    start,
    end: start + claim.length,
    documentId,
    headings,
    quote: source.text.slice(from, to),
    quoteStart: offset + from,
    quoteEnd: offset + to,
    ...(title === undefined ? {} : { title }),
    ...(page === undefined ? {} : { page }),
  }
}
