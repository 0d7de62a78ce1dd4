import type { Condition } from '../filter/condition.ts'
import type { Words } from '../words.ts'
import type { Query, Row } from './client.ts'
import { chunksWhere } from './filter-sql.ts'
import { chunkColumns } from './read.ts'
import type { Tables } from './schema.ts'
import { lexeme, queryWords } from './word-vector.ts'

const k1 = 1.2
const b = 0.75
/** A longer query is looked for by its first words. */
const mostWords = 256

/** Of one word alone, `ts_rank` is 0.1 · (1 + 1/4 + ... + 1/n²) / 1.64493406685 for n times: between these it tells the times. */
const thresholds = (() => {
  const ranks: number[] = []
  for (let n = 1, sum = 0; n <= 255; n++) {
    sum += 1 / n ** 2
    ranks.push(((sum - 0.5 / n ** 2) * 0.1) / 1.64493406685)
  }
  return `ARRAY[${ranks.join(', ')}]::float8[]`
})()

interface Weighted {
  readonly word: string
  readonly idf: number
  readonly common: boolean
}

/** Rows of chunks by BM25. Words that more than half of the chunks have are looked for only when the others find too little: they cost most and say least. */
export async function searchWords(
  query: Query,
  tables: Tables,
  words: Words,
  text: string,
  limit: number,
  condition: Condition | undefined,
): Promise<Row[]> {
  const wanted = queryWords(words, text, mostWords)
  if (wanted.length === 0 || limit === 0) return []
  const { weighted, mean } = await weights(query, tables, wanted)
  const rare = weighted.filter(({ common }) => !common)
  const found = await matching(query, tables, rare, mean, limit, condition)
  return found.length < limit && rare.length < weighted.length
    ? matching(query, tables, weighted, mean, limit, condition)
    : found
}

async function weights(query: Query, { documents, chunks }: Tables, words: readonly string[]) {
  const [size] = await query(
    `SELECT coalesce(sum(searched), 0)::float8 AS chunks, coalesce(sum(length), 0)::float8 AS words FROM ${documents}`,
  )
  const all = Math.max(1, Number(size?.chunks))
  const counts = await query(
    `SELECT place::int, (SELECT count(*)::float8 FROM ${chunks} WHERE words @@ word::tsquery) AS chunks FROM unnest($1::text[]) WITH ORDINALITY AS wanted (word, place)`,
    [words.map(lexeme)],
  )
  const weighted = counts
    .filter((row) => Number(row.chunks) > 0)
    .map((row): Weighted => {
      const of = Math.min(Number(row.chunks), all)
      return {
        word: words[Number(row.place) - 1] as string,
        idf: Math.log(1 + (all - of + 0.5) / (of + 0.5)),
        common: of * 2 > all,
      }
    })
  return { weighted, mean: Math.max(1, Number(size?.words) / all) }
}

async function matching(
  query: Query,
  { chunks }: Tables,
  weighted: readonly Weighted[],
  mean: number,
  limit: number,
  condition: Condition | undefined,
): Promise<Row[]> {
  if (weighted.length === 0) return []
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const lexemes = bind(weighted.map(({ word }) => lexeme(word)))
  const idfs = bind(weighted.map(({ idf }) => idf))
  const any = bind(weighted.map(({ word }) => lexeme(word)).join(' | '))
  const where = condition ? `AND ${chunksWhere(condition, bind)}` : ''
  const gain = `idf * times * ${k1 + 1} / (times + ${k1} * (1 - ${b} + ${b} * length / ${bind(mean)}::float8))`
  return query(
    `SELECT ${chunkColumns}, score FROM ${chunks}, LATERAL (
      SELECT sum(${gain}) AS score FROM unnest(${lexemes}::text[], ${idfs}::float8[]) AS wanted (word, idf),
        LATERAL (SELECT width_bucket(ts_rank(words, word::tsquery)::float8, ${thresholds}) AS times) AS counted WHERE times > 0
    ) AS scored WHERE words @@ ${any}::tsquery ${where} ORDER BY score DESC, id LIMIT ${bind(limit)}`,
    values,
  )
}
