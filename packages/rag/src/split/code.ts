import type { Document, Splitter } from '../contract.ts'
import { underDeclarations } from './declarations.ts'
import { needGrammars } from './grammars.ts'
import { indentationLevels } from './indentation.ts'
import { type Level, partsOf } from './levels.ts'
import { type Budget, budgetOf, type SplitOptions } from './options.ts'
import { type Cut, outlineOf } from './outline.ts'
import { fittingSpans } from './recursive.ts'
import { toChunks } from './to-chunks.ts'

export interface CodeSplitOptions extends SplitOptions {
  /**
   * `grammar`: parses code with `@vscode/tree-sitter-wasm`, and throws `config` where that is not installed. `indentation`: never parses. Default: by grammar where the package is installed. Languages without a
   * grammar, and code that can't be parsed, are cut by their indentation always.
   */
  readonly by?: 'grammar' | 'indentation'
}

/**
 * Cuts source code between its declarations and statements: a function or class that fits stays whole, with the comments and decorators above it, or without them where they are long; one that doesn't is cut between what stands in it. Chunks
 * stand under the names of the declarations that they lie in, as `headings`, where the code is parsed. The language is the document's `metadata.programmingLanguage`. `overlap` is 0 unless given.
 */
export const codeSplitter =
  ({ by, ...options }: CodeSplitOptions = {}): Splitter =>
  async (document) => {
    if (by === 'grammar') await needGrammars()
    const { text } = document
    const language = by === 'indentation' ? undefined : languageOf(document)
    const outline = language === undefined ? undefined : await outlineOf(text, language)
    const levels = outline ? grammarLevels(outline.cuts, budgetOf(text, options)) : indentationLevels
    const spans = fittingSpans(text, { start: 0, end: text.length }, levels, { overlap: 0, ...options })
    const chunks = toChunks(document, spans)
    return outline ? underDeclarations(chunks, outline.declarations) : chunks
  }

/** The language of a document's code. TypeScript with elements in it has a grammar of its own. */
function languageOf({ id, metadata }: Document): string | undefined {
  const language = metadata?.programmingLanguage
  if (typeof language !== 'string') return undefined
  return language === 'typescript' && /\.tsx$/i.test(id) ? 'tsx' : language
}

/** Code that is nested more deeply is cut by its indentation. */
const depth = 24

function grammarLevels(cuts: readonly Cut[], { measure, size }: Budget): readonly Level[] {
  // A short comment would stay alone, or with what stands above it.
  const worthwhile = ({ at, lead }: Cut) => lead === undefined || measure(lead, at) * 4 >= size
  const outermost: Level = (text, span) => {
    const inside = between(cuts, span.start, span.end).filter(worthwhile)
    const least = inside.reduce((most, cut) => Math.min(most, cut.depth), Number.POSITIVE_INFINITY)
    return partsOf(
      text,
      span,
      inside.filter((cut) => cut.depth === least).map(({ at }) => at),
    )
  }
  return [...Array.from({ length: depth }, () => outermost), ...indentationLevels]
}

/** The cuts inside a stretch of text, found by halves. */
function between(cuts: readonly Cut[], start: number, end: number): readonly Cut[] {
  return cuts.slice(firstFrom(cuts, start + 1), firstFrom(cuts, end))
}

function firstFrom(cuts: readonly Cut[], place: number): number {
  let [low, high] = [0, cuts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cuts[middle] as Cut).at < place) low = middle + 1
    else high = middle
  }
  return low
}
