import type { Words } from '../words.ts'
import { best } from './best.ts'

/** Finds rows by their words: BM25 over an inverted index. https://doi.org/10.1561/1500000019 */
export interface WordIndex {
  add(row: number, text: string): void
  /** `text` is the one that was added. */
  remove(row: number, text: string): void
  search(query: string, limit: number, accepts: (row: number) => boolean): { row: number; score: number }[]
}

interface Postings {
  /** Row and how often the word stands in it, in turns. Rows that were removed stay in the list, and are passed over. */
  readonly entries: number[]
  /** Rows that are there. */
  rows: number
}

const k1 = 1.2
const b = 0.75
/** A longer query is looked for by its first words. */
const mostQueryWords = 1024

export function wordIndex(words: Words): WordIndex {
  const index = new Map<string, Postings>()
  /** Words per row; 0 where there is none. */
  const lengths: number[] = []
  let rows = 0
  let total = 0
  const idf = ({ rows: of }: Postings) => Math.log(1 + (rows - of + 0.5) / (of + 0.5))
  return {
    add(row, text) {
      const found = words(text)
      for (const [word, times] of counted(found)) {
        const postings = index.get(word) ?? { entries: [], rows: 0 }
        index.set(word, postings)
        postings.entries.push(row, times)
        postings.rows++
      }
      while (lengths.length < row) lengths.push(0)
      lengths[row] = found.length
      total += found.length
      rows++
    },
    remove(row, text) {
      for (const word of new Set(words(text))) {
        const postings = index.get(word)
        if (postings && --postings.rows === 0) index.delete(word)
      }
      total -= lengths[row] as number
      lengths[row] = 0
      rows--
    },
    search(query, limit, accepts) {
      const scores = new Float64Array(lengths.length)
      const mean = total / Math.max(rows, 1)
      for (const word of [...new Set(words(query))].slice(0, mostQueryWords)) {
        const postings = index.get(word)
        if (!postings) continue
        const weight = idf(postings) * (k1 + 1)
        const { entries } = postings
        for (let i = 0; i < entries.length; i += 2) {
          const row = entries[i] as number
          const length = lengths[row] as number
          if (length === 0) continue
          const times = entries[i + 1] as number
          const gain = (weight * times) / (times + k1 * (1 - b + (b * length) / mean))
          scores[row] = (scores[row] as number) + gain
        }
      }
      const found = best(limit)
      for (const [row, score] of scores.entries()) if (score > 0 && accepts(row)) found.offer(row, score)
      return found.rows()
    },
  }
}

function counted(words: readonly string[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const word of words) times.set(word, (times.get(word) ?? 0) + 1)
  return times
}
