import { type Words, words } from './words.ts'

const identifiers = /[\p{L}\p{N}\p{M}\p{Co}_]+/gu
/** Where one word of a name ends and the next begins: `readFile`, `XMLParser`, `read_file`. */
const seams = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|_+/gu
const longest = 128

/**
 * `words` for source code: a name of several words gives each of them and itself, so that `readFile` and `read_file` are found by "read file" and by each other: `sqliteStore(path, { words: codeWords })`.
 * A file that was made with other words has to be made anew.
 */
export const codeWords: Words = (text) =>
  (text.match(identifiers) ?? []).flatMap((identifier) => {
    const parts = identifier.split(seams).filter((part) => part !== '')
    if (parts.length < 2) return words(identifier)
    return [...words(parts.join(' ')), ...words(parts.join('').slice(0, longest))]
  })
