import { type Words, words } from './words.ts'

/** Words that stand in almost every English text, and tell nothing apart. */
const common = new Set(
  'a an and are as at be been by can do does for from had has have how in is it its of on or that the this to was were what which will with'.split(
    ' ',
  ),
)

/**
 * `words` for English: forms of a word are one (Porter's stemmer), the commonest words are left out. For texts in English only: `sqliteStore(path, { words: await englishWords() })`. A query of nothing but common words finds nothing by words.
 * A file that was made with other words has to be made anew.
 */
export async function englishWords(): Promise<Words> {
  const { stemmer } = await import('stemmer')
  return (text) => words(text).flatMap((word) => (common.has(word) ? [] : [stemmer(word)]))
}
