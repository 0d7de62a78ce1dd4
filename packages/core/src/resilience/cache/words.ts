/** Words that change nothing about what is asked. Short on purpose: prepositions, auxiliaries and order do matter. */
const fillers: ReadonlySet<string> = new Set(['a', 'an', 'the', 'please', 'kindly', 'hi', 'hello', 'hey', 'thanks'])

const punctuation = /^[.,!?;:"'“”‘’…¿¡]+$/u

/** Numbers with their sign and their fractions, words with hyphens and apostrophes inside, and every other character by itself. */
const token = (): RegExp => /[+-]?\p{Nd}+(?:[.,:/]\p{Nd}+)*|[\p{L}\p{M}\p{N}_]+(?:['-][\p{L}\p{M}\p{N}_]+)*|\S/gu

/**
 * The words that two questions must have in common, in the same order, to count as one: numbers, negations, names and all else but articles, courtesies and punctuation. The order matters as well:
 * "dollars to euros" is not "euros to dollars". Abbreviations keep their capitals: "US" is not "us".
 */
export const contentWords = (text: string): string[] => plainWords(text).filter((word) => !fillers.has(word))

/** All words of a question, in one spelling. */
export const plainWords = (text: string): string[] =>
  [...spelledOut(text).matchAll(token())]
    .map(([found]) => (/^\p{Lu}[\p{Lu}\p{N}]+$/u.test(found) ? found : found.toLowerCase()))
    .filter((word) => !punctuation.test(word))

/** Contractions as the words that they stand for. */
const spelledOut = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[‘’]/g, "'")
    .replace(/\bcan(?:'t|not)\b/gi, 'can not')
    .replace(/\bwon't\b/gi, 'will not')
    .replace(/n't\b/gi, ' not')
    .replace(/\b(what|where|who|how|when|that|it|there)'s\b/gi, '$1 is')
