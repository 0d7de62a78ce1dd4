import type { Words } from '../words.ts'

/** PostgreSQL keeps no more places of a word in a tsvector, and no more bytes of all words. */
const most = { times: 255, bytes: 900_000 }

/** Words as a literal of tsvector. Their places only count them. */
export function toWordVector(found: readonly string[]): string {
  const times = new Map<string, number>()
  for (const word of found) times.set(word, (times.get(word) ?? 0) + 1)
  const lexemes: string[] = []
  let bytes = 0
  for (const [word, count] of times) {
    const places = Array.from({ length: Math.min(count, most.times) }, (_, i) => i + 1)
    bytes += Buffer.byteLength(word) + 2 * places.length + 8
    if (bytes > most.bytes) break
    lexemes.push(`${lexeme(word)}:${places.join(',')}`)
  }
  return lexemes.join(' ')
}

/** The distinct words of a query. */
export const queryWords = (words: Words, query: string, limit: number): string[] =>
  [...new Set(words(query))].slice(0, limit)

/** A word as tsvector and tsquery read it. */
export const lexeme = (word: string) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
