import { addsAddress } from './addresses.ts'
import { type Normalised, normalise } from './normalise.ts'
import { addsNumber, cutsNumber } from './numbers.ts'
import { isDeniedFrom, isReversed } from './polarity.ts'
import { countWords, isStitched } from './stitched.ts'

/** What a quote may be from. */
export interface QuotedSource {
  readonly id: string
  readonly text: string
}

/** What a model says, and what it says it from. */
export interface CitedClaim {
  readonly claim: string
  readonly sourceId: string
  /** Words of the source, as they stand there. */
  readonly quote: string
}

/**
 * What became of a quote. `supported`: it stands in the source that is named. `misattributed`: it stands in another one. `frankenquote`: pieces of it do, apart. `altered`: it stands there, but the claim has a number, a negation or an address that the quote
 * has not, or the quote cuts one off. `not_found`: anything else, also a quote too short to prove anything.
 */
export type QuoteVerdict = 'supported' | 'misattributed' | 'frankenquote' | 'altered' | 'not_found'

export interface QuoteCheck {
  readonly verdict: QuoteVerdict
  /** The source that the quote stands in, where it stands in one. */
  readonly sourceId?: string
  /** Where it stands in the text of that source. */
  readonly start?: number
  readonly end?: number
}

/** Longer ones prove nothing more, and cost time. */
const longest = 4_000

interface Ready {
  readonly id: string
  readonly normal: Normalised
  readonly original: string
}

/**
 * Checks quotes against the sources that a model was given: a quote must stand in its source word for word. Case, white space, Unicode form, quotation marks and dashes make no difference; numbers and negations do. A quote needs
 * 20 characters or 4 words. Whatever is malformed is `not_found`.
 */
export function quoteChecker(sources: readonly QuotedSource[]): (cited: CitedClaim) => QuoteCheck {
  const ready = sources.map(({ id, text }): Ready => ({ id, normal: normalise(text), original: text }))
  return (cited) => check(cited, ready)
}

function check({ claim, sourceId, quote }: CitedClaim, sources: readonly Ready[]): QuoteCheck {
  if (typeof claim !== 'string' || typeof quote !== 'string' || quote.length > longest) return { verdict: 'not_found' }
  const wanted = bare(normalise(quote).text)
  const spoken = normalise(claim).text
  if (spoken === '' || (wanted.length < 20 && countWords(wanted) < 4)) return { verdict: 'not_found' }
  const cited = sources.find(({ id }) => id === sourceId)
  const others = sources.filter((source) => source !== cited)
  const fits = !addsNumber(spoken, wanted) && !addsAddress(spoken, wanted) && !isReversed(spoken, wanted)
  if (cited) {
    const place = placeOf(wanted, cited)
    if (place) return { verdict: place.whole && fits ? 'supported' : 'altered', ...place.at }
  }
  for (const source of others) {
    const place = placeOf(wanted, source)
    if (place?.whole) return { verdict: 'misattributed', ...place.at }
  }
  return { verdict: cited && isStitched(wanted, cited.normal.text) ? 'frankenquote' : 'not_found' }
}

/** A quote without what models put around it: quotation marks, dots, a last full stop. */
const bare = (quote: string): string => quote.replace(/^(?:["'\s]|\.{3})+/, '').replace(/["'\s.,;:]+$/, '')

interface Place {
  /** Neither a number nor a negation is cut off. */
  readonly whole: boolean
  readonly at: { readonly sourceId: string; readonly start: number; readonly end: number }
}

/** Where a quote stands in a source, from word to word: where nothing is cut off, if there is such a place. */
function placeOf(quote: string, { id, normal, original }: Ready): Place | undefined {
  const { text } = normal
  let cut: Place | undefined
  for (let from = text.indexOf(quote); from >= 0; from = text.indexOf(quote, from + 1)) {
    const to = from + quote.length
    const span = normal.span(from, to)
    if (cutsWord(original, span.start) || cutsWord(original, span.end)) continue
    const [left, right] = [text.slice(Math.max(0, from - 120), from), text.slice(to, to + 40)]
    const broken = cutsNumber(left, quote) || cutsNumber(quote, right) || isDeniedFrom(left)
    const place = { whole: !broken, at: { sourceId: id, ...span } }
    if (place.whole) return place
    cut ??= place
  }
  return cut
}

/** Scripts that put no spaces between words. */
const spaceless = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`
const lastLetter = new RegExp(String.raw`[\p{L}\p{M}\p{N}_](?<![${spaceless}])(?:['’\-‐‑])?$`, 'u')
const letter = new RegExp(String.raw`^(?:['’\-‐‑])?[\p{L}\p{M}_](?<![${spaceless}])`, 'u')

/** True when a word goes on where a text is cut in two; a hyphen or an apostrophe between letters does not end it. */
const cutsWord = (text: string, at: number): boolean =>
  lastLetter.test(text.slice(Math.max(0, at - 3), at)) && letter.test(text.slice(at, at + 3))
