const negation =
  /(?<![\p{L}'-])(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|cannot|without|lacks?|lacking|nicht|keine?[rnms]?|nie|niemals|niemand|nichts|ohne|weder|jamais|sans|nunca|jamás|ningún|ninguna?|nessuna?|senza|niet|geen|nooit)(?![\p{L}-])|n't(?!\p{L})|(?<!\p{L})non-(?=\p{L})/u

/** What says "also". */
const emphasis = /\bnot (?:only|just|merely|least)\b/g

/** True when a normalised text denies something, in the commonest words of English, German, French, Spanish, Italian and Dutch. */
const isNegated = (text: string): boolean => negation.test(text.replace(emphasis, ' '))

/** The words in front of a place, within the clause. */
const before = /[^.,;:!?()"\n]*$/

/** True when what stands before a place in a normalised text, in the same clause and at most four words away, denies what follows. */
export function isDeniedFrom(text: string): boolean {
  const clause = before.exec(text.slice(-120))?.[0] ?? ''
  return isNegated(clause.trim().split(' ').slice(-4).join(' '))
}

const sentenceEnd = /(?<=[.!?;])\s+/
const words = (text: string): string[] => text.match(/[\p{L}\p{N}]{3,}/gu) ?? []

/** True when a claim denies what its quote says, or says what its quote denies. Of a quote of several sentences the one counts that shares most words with the claim. Both normalised. */
export function isReversed(claim: string, quote: string): boolean {
  const said = new Set(words(claim))
  let nearest = ''
  let most = -1
  for (const sentence of quote.split(sentenceEnd)) {
    const common = words(sentence).filter((word) => said.has(word)).length
    if (common > most) [nearest, most] = [sentence, common]
  }
  return isNegated(claim) !== isNegated(nearest)
}
