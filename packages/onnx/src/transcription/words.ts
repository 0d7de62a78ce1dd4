import type { SpokenWord } from '@anymodel/core'

/** Languages that write no spaces between words: each character is taken for one. */
const unspaced: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue'])

const closing = /^[\s"'.。,，!！?？:：”)\]}、»]+$/u

/** A token's text with its times. */
export interface TimedText {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Joins the texts of tokens to words: at spaces, or in languages without them at every character; punctuation goes with the word beside it. Bytes that are no whole character yet wait for the rest. */
export function toWords(pieces: readonly TimedText[], language: string): SpokenWord[] {
  const begins = unspaced.has(language)
    ? () => true
    : ({ text }: TimedText) => text.startsWith(' ') || closing.test(text)
  const words: { text: string; readonly start: number; end: number }[] = []
  for (const piece of pieces) {
    const last = words.at(-1)
    if (!last || begins(piece)) words.push({ ...piece })
    else {
      last.text += piece.text
      last.end = piece.end
    }
  }
  return withPunctuation(words).map(({ text, start, end }) => ({ text: text.trim(), start, end: Math.max(start, end) }))
}

/** Punctuation goes with the word before it, whose end it does not move. */
function withPunctuation(words: readonly TimedText[]): TimedText[] {
  const joined: TimedText[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (last && closing.test(word.text)) joined[joined.length - 1] = { ...last, text: last.text + word.text.trimEnd() }
    else joined.push(word)
  }
  return joined
}
