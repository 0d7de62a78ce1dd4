import type { SpokenWord } from '@anymodel/core'

/** Languages that write no spaces between words: each character is taken for one. */
const unspaced: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue'])

const opening = /^[\s"'“¿([{«-]+$/u
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
  const words: { text: string; start: number; end: number }[] = []
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

type Word = { text: string; start: number; end: number }

function withPunctuation(words: readonly Word[]): Word[] {
  const joined: Word[] = []
  let before: Word | undefined
  for (const word of words) {
    if (opening.test(word.text) && word.text.startsWith(' ')) {
      before = before ? { ...word, text: before.text + word.text } : word
      continue
    }
    const last = joined.at(-1)
    if (closing.test(word.text) && last && !before) last.text += word.text.trimEnd()
    else if (before) joined.push({ text: before.text + word.text.trimStart(), start: word.start, end: word.end })
    else joined.push({ ...word })
    before = undefined
  }
  if (before) joined.push(before)
  return joined
}
