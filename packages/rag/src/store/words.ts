/** Cuts a text into the words that are looked for. The same text must always give the same words. */
export type Words = (text: string) => readonly string[]

const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu
const accents = /(?<=\p{Script=Latin})\p{Mn}+/gu
/** Scripts that are written without spaces. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const runs =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu
/** No word that somebody looks for is longer: what is, is data in the text. */
const longest = 128

/**
 * Words as they are compared: compatible forms made one (NFKC), lower case, Latin letters without accents. Chinese, Japanese, Thai and other scripts without spaces give pairs of neighbouring characters,
 * which need no dictionary.
 */
export const words: Words = (text) => {
  const found = normal(text).match(word) ?? []
  return unspaced.test(text) ? found.flatMap(pairs) : found.map((each) => each.slice(0, longest))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what needs no normal form.
const ascii = /^[\x00-\x7f]*$/

const normal = (text: string) =>
  ascii.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKC').toLowerCase().normalize('NFD').replace(accents, '').normalize('NFC')

function pairs(run: string): string[] {
  return (run.match(runs) ?? []).flatMap((part) => {
    if (!unspaced.test(part)) return [part.slice(0, longest)]
    const characters = [...part]
    if (characters.length === 1) return [part]
    return characters.slice(1).map((character, i) => `${characters[i]}${character}`)
  })
}
