/** A text made comparable, and where its characters come from. */
export interface Normalised {
  readonly text: string
  /** Where what became `text[from..to)` stands in the original. */
  span(from: number, to: number): { readonly start: number; readonly end: number }
}

// A letter with its marks, or the parts of a Hangul syllable, are one character in composed form: they are normalised together. Nothing else composes.
const unit = /[\u1100-\u11ff]+|[^\p{M}\u1100-\u11ff]\p{M}*|\p{M}+/gsu

/**
 * Makes texts comparable that differ in what no reader sees: Unicode form (NFKC), case, white space, quotation marks, dashes, invisible characters. Superscripts and fractions stay as they are: 10² is not 102.
 * Every character of the result knows its place in the original.
 */
export function normalise(original: string): Normalised {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  for (const { 0: raw, index } of original.matchAll(unit)) {
    const plain = comparable(raw)
    if (plain === ' ' && (text === '' || text.endsWith(' '))) continue
    text += plain
    for (let at = 0; at < plain.length; at++) {
      starts.push(index)
      ends.push(index + raw.length)
    }
  }
  return {
    text: text.trimEnd(),
    span: (from, to) => ({
      start: starts[from] ?? original.length,
      end: to > from ? (ends[to - 1] as number) : (starts[from] ?? original.length),
    }),
  }
}

function comparable(raw: string): string {
  if (raw.length === 1 && raw >= '!' && raw <= '~') return raw === '`' ? "'" : raw.toLowerCase()
  if (/^\p{No}/u.test(raw)) return raw
  const plain = raw.normalize('NFKC').toLowerCase()
  if (/^\s+/.test(plain)) return ' '
  return plain
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[‘’‚‛′]/g, "'")
    .replace(/[“”„‟″«»‹›]/g, '"')
    .replace(/ς/g, 'σ')
}
