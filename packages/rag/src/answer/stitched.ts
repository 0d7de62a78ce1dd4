const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** How many words a text has, also in scripts without spaces. */
export function countWords(text: string): number {
  let count = 0
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) count++
  return count
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/** True when at least two stretches of a quote, of three words or more each, stand in a source, but not together. Both normalised; punctuation is not looked at. */
export function isStitched(quote: string, source: string): boolean {
  const text = ` ${wordsOf(source).join(' ')} `
  const words = wordsOf(quote)
  let stretches = 0
  for (let from = 0; from + 3 <= words.length; ) {
    let to = from + 3
    if (!text.includes(` ${words.slice(from, to).join(' ')} `)) {
      from++
      continue
    }
    while (to < words.length && text.includes(` ${words.slice(from, to + 1).join(' ')} `)) to++
    stretches++
    from = to
  }
  return stretches >= 2
}
