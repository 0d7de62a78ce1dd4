import type { Condition } from '../filter/condition.ts'
import type { Words } from '../words.ts'
import type { Transaction } from './connection.ts'
import { factsWhere } from './filter-sql.ts'

/** A longer query is looked for by its first words. */
const mostWords = 512

/**
 * Keys of chunks by BM25 (k1 1.2, b 0.75, as FTS5 has it). Words that more than half of the chunks have count next to nothing and cost most of the time (100,000 chunks and 20 words: 106 ms with them, 42 ms
 * without), so they are looked for only when the others find too little.
 */
export async function searchWords(
  tx: Transaction,
  words: Words,
  query: string,
  limit: number,
  condition: Condition | undefined,
): Promise<{ key: number; score: number }[]> {
  if (limit === 0) return []
  const { rare, common } = await knownWords(tx, [...new Set(words(query))].slice(0, mostWords))
  const found = await matching(tx, rare, limit, condition)
  return found.length < limit && common.length > 0 ? matching(tx, [...rare, ...common], limit, condition) : found
}

async function matching(tx: Transaction, words: readonly string[], limit: number, condition: Condition | undefined) {
  if (words.length === 0) return []
  const where = condition && factsWhere(condition)
  const rows = await tx.rows(
    `SELECT words.rowid AS key, -bm25(words) AS score FROM words ${where ? 'JOIN chunks ON chunks.key = words.rowid' : ''} WHERE words MATCH ? ${where ? `AND chunks.facts IN (SELECT key FROM facts WHERE ${where.sql})` : ''} ORDER BY score DESC, words.rowid LIMIT ?`,
    [words.map((word) => `"${word}"`).join(' OR '), ...(where?.args ?? []), limit],
  )
  return rows.map(({ key, score }) => ({ key: key as number, score: score as number }))
}

/** Those of the words that are there, by whether more than half of the chunks have them. */
async function knownWords(tx: Transaction, words: readonly string[]) {
  const rows = await tx.rows(
    'SELECT term, doc * 2 > (SELECT count(*) FROM chunks) AS common FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))',
    [JSON.stringify(words)],
  )
  const that = (common: number) => rows.filter((row) => row.common === common).map(({ term }) => term as string)
  return { rare: that(0), common: that(1) }
}
