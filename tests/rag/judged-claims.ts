import { readFileSync } from 'node:fs'
import { type ClaimJudge, quoteChecker } from '@anymodel/rag'
import { documents, isThere } from '../bench/cranfield.mjs'

/** A claim with a quote that stands in its text, and whether the quote carries it, as a person sees it. */
export interface LabelledClaim {
  readonly text: string
  readonly quote: string
  readonly claim: string
  readonly carried: boolean
}

interface Labels {
  readonly carried: string
  readonly not: readonly string[]
}

interface ClaimsFile {
  readonly general: readonly (Labels & { readonly text: string; readonly quote: string })[]
  /** Quotes of the collection, by the numbers of document and sentence. */
  readonly cranfield: readonly (Labels & { readonly document: number; readonly sentence: number })[]
}

const file = JSON.parse(readFileSync(new URL('claims.json', import.meta.url), 'utf8')) as ClaimsFile

const labelled = (text: string, quote: string, { carried, not }: Labels): readonly LabelledClaim[] => [
  { text, quote, claim: carried, carried: true },
  ...not.map((claim) => ({ text, quote, claim, carried: false })),
]

/** Claims about everyday things, in other words than their quotes: 24 that these carry, 48 that they don't. */
export const generalClaims = (): readonly LabelledClaim[] =>
  file.general.flatMap((each) => labelled(each.text, each.quote, each))

/** The same about aerodynamics, 34 and 68; most that are not carried differ from their quotes by a word or two. Empty where the collection is not there. */
export function cranfieldClaims(): readonly LabelledClaim[] {
  const texts = new Map(isThere ? documents().map(({ id, text }) => [Number(id), text.replace(/\s+/g, ' ')]) : [])
  return file.cranfield.flatMap(({ document, sentence, ...labels }) => {
    const text = texts.get(document) ?? ''
    const quote = text.split(/(?<= \.) /)[sentence]?.trim()
    return quote === undefined ? [] : labelled(text, quote, labels)
  })
}

/** True claims with quotes of other texts, which say nothing of them. */
export function mismatched(claims: readonly LabelledClaim[]): readonly LabelledClaim[] {
  const carried = claims.filter((each) => each.carried)
  return carried.map(({ claim }, place) => {
    const { text, quote } = carried[(place + 1) % carried.length] as LabelledClaim
    return { text, quote, claim, carried: false }
  })
}

/** True claims with the other sentences of their texts as quotes. */
export const elsewhere = (claims: readonly LabelledClaim[]): readonly LabelledClaim[] =>
  claims
    .filter((each) => each.carried)
    .flatMap(({ text, quote, claim }) =>
      text
        .split(/(?<= \.) /)
        .map((sentence) => sentence.trim())
        .filter((sentence) => sentence.length > 40 && sentence !== quote)
        .map((other) => ({ text, quote: other, claim, carried: false })),
    )

/** How many of the claims the gate refuses alone, and how many with a judge. */
export async function refused(claims: readonly LabelledClaim[], judge: ClaimJudge) {
  const counts = { claims: claims.length, gate: 0, withJudge: 0 }
  for (const { text, quote, claim } of claims) {
    const held = quoteChecker([{ id: 'text', text }])({ claim, quote, sourceId: 'text' }).verdict === 'supported'
    if (!held) counts.gate++
    if (!held || !(await carries(judge, { text, quote, claim }))) counts.withJudge++
  }
  return counts
}

async function carries(judge: ClaimJudge, { text, quote, claim }: Omit<LabelledClaim, 'carried'>): Promise<boolean> {
  const at = text.indexOf(quote)
  const surroundings = text.slice(Math.max(0, at - 400), at + quote.length + 400)
  return (await judge.judge({ claim, quote, surroundings }, {})).carried
}
