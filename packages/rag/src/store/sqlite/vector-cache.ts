import type { Condition } from '../filter/condition.ts'
import { type VectorRows, vectorRows } from '../memory/vector-rows.ts'
import { fromBytes } from '../vector-bytes.ts'
import type { Transaction } from './connection.ts'
import { factsWhere } from './filter-sql.ts'

/** The vectors of the file in memory (4 bytes per number), brought up to date before each search. */
export interface VectorCache {
  /** Keys of the chunks with the highest cosine. */
  nearest(
    tx: Transaction,
    vector: Float32Array,
    limit: number,
    condition: Condition | undefined,
  ): Promise<{ key: number; score: number }[]>
}

/** So many documents are read at once. */
const batch = 64

export function vectorCache(): VectorCache {
  let seen = -1
  let last = 0
  let dimensions = 0
  let vectors: VectorRows | undefined
  /** Of each row, the chunk and its facts. */
  let keys: number[] = []
  let facts: number[] = []
  const rowsOf = new Map<number, readonly number[]>()
  let free: number[] = []

  const clear = () => {
    vectors = undefined
    ;[keys, facts, free, last, seen] = [[], [], [], 0, -1]
    rowsOf.clear()
  }
  const drop = (document: number) => {
    for (const row of rowsOf.get(document) ?? []) {
      vectors?.clear(row)
      free.push(row)
    }
    rowsOf.delete(document)
  }
  const keep = (document: number, chunks: readonly Kept[], numbers: Float32Array) => {
    vectors ??= vectorRows(dimensions)
    const rows = chunks.map((chunk, i) => {
      const row = free.pop() ?? keys.length
      keys[row] = chunk.key
      facts[row] = chunk.facts
      vectors?.set(row, numbers.subarray(i * dimensions, (i + 1) * dimensions))
      return row
    })
    rowsOf.set(document, rows)
    last = document
  }
  const load = async (tx: Transaction) => {
    for (;;) {
      const rows = await tx.rows(blobs, [last, batch])
      for (const { document, numbers, chunks } of rows)
        keep(document as number, toKept(chunks as string), fromBytes(numbers as ArrayBuffer))
      if (rows.length < batch) return
    }
  }
  /** New documents have higher keys than all that were seen; whether some are gone, their number tells. */
  const refresh = async (tx: Transaction) => {
    const [row] = await tx.rows(
      `SELECT value AS changes, (SELECT count(*) FROM vectors) AS documents FROM about WHERE name = 'changes'`,
    )
    const { changes, documents } = row as unknown as { changes: number; documents: number }
    if (changes === seen) return
    await load(tx)
    if (rowsOf.size !== documents) {
      const there = new Set((await tx.rows('SELECT document FROM vectors')).map(({ document }) => document))
      for (const document of [...rowsOf.keys()]) if (!there.has(document)) drop(document)
    }
    seen = changes
  }
  return {
    async nearest(tx, vector, limit, condition) {
      // Vectors of another length: all that were remembered are gone.
      if (vector.length !== dimensions) clear()
      dimensions = vector.length
      await refresh(tx)
      if (!vectors) return []
      const accepted = condition && (await factsThat(tx, condition))
      const found = vectors.nearest(vector, limit, (row) => !accepted || accepted.has(facts[row] as number))
      return found.map(({ row, score }) => ({ key: keys[row] as number, score }))
    },
  }
}

/** The vectors of a document, and what belongs to them as one text: a row for each chunk would cost more than its vector. */
const blobs = `SELECT document, numbers, (SELECT json_group_array(json_array(vector, key, facts)) FROM chunks WHERE chunks.document = vectors.document AND vector IS NOT NULL) AS chunks
  FROM vectors WHERE document > ? ORDER BY document LIMIT ?`

const toKept = (json: string): Kept[] =>
  (JSON.parse(json) as [vector: number, key: number, facts: number][])
    .sort(([a], [b]) => a - b)
    .map(([, key, facts]) => ({ key, facts }))

interface Kept {
  readonly key: number
  readonly facts: number
}

async function factsThat(tx: Transaction, condition: Condition): Promise<Set<number>> {
  const { sql, args } = factsWhere(condition)
  return new Set((await tx.rows(`SELECT key FROM facts WHERE ${sql}`, [...args])).map(({ key }) => key as number))
}
