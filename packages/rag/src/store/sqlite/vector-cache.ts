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
  let vectors: VectorRows | undefined
  /** Of each row, the chunk and its facts. */
  let keys: number[] = []
  let facts: number[] = []
  const rowsOf = new Map<number, readonly number[]>()
  let free: number[] = []

  const clear = () => {
    vectors = undefined
    ;[keys, facts, free, last] = [[], [], [], 0]
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
    const dimensions = numbers.length / chunks.length
    vectors ??= vectorRows(dimensions)
    const rows = chunks.map((chunk, i) => {
      const row = free.pop() ?? keys.length
      keys[row] = chunk.key
      facts[row] = chunk.facts
      vectors?.set(row, numbers.subarray(i * dimensions, (i + 1) * dimensions))
      return row
    })
    rowsOf.set(document, rows)
  }
  const load = async (tx: Transaction) => {
    for (;;) {
      const blobs = await tx.rows(
        'SELECT document, numbers FROM vectors WHERE document > ? ORDER BY document LIMIT ?',
        [last, batch],
      )
      const until = blobs.at(-1)?.document as number | undefined
      if (until === undefined) return
      const chunks = await tx.rows(
        'SELECT document, key, facts FROM chunks WHERE document > ? AND document <= ? AND vector IS NOT NULL ORDER BY document, vector',
        [last, until],
      )
      let from = 0
      for (const { document, numbers } of blobs) {
        let to = from
        while (chunks[to]?.document === document) to++
        keep(document as number, chunks.slice(from, to) as unknown as Kept[], fromBytes(numbers as ArrayBuffer))
        from = to
      }
      last = until
    }
  }
  /** New documents have higher keys than all that were seen; whether some are gone, their number tells. */
  const refresh = async (tx: Transaction) => {
    const [row] = await tx.rows(
      `SELECT value AS changes, (SELECT count(*) FROM vectors) AS documents FROM about WHERE name = 'changes'`,
    )
    const { changes, documents } = row as unknown as { changes: number; documents: number }
    if (changes === seen) return
    if (documents === 0) clear()
    await load(tx)
    if (rowsOf.size !== documents) {
      const there = new Set((await tx.rows('SELECT document FROM vectors')).map(({ document }) => document))
      for (const document of [...rowsOf.keys()]) if (!there.has(document)) drop(document)
    }
    seen = changes
  }
  return {
    async nearest(tx, vector, limit, condition) {
      await refresh(tx)
      if (!vectors) return []
      const accepted = condition && (await factsThat(tx, condition))
      const found = vectors.nearest(vector, limit, (row) => !accepted || accepted.has(facts[row] as number))
      return found.map(({ row, score }) => ({ key: keys[row] as number, score }))
    },
  }
}

interface Kept {
  readonly key: number
  readonly facts: number
}

async function factsThat(tx: Transaction, condition: Condition): Promise<Set<number>> {
  const { sql, args } = factsWhere(condition)
  return new Set((await tx.rows(`SELECT key FROM facts WHERE ${sql}`, [...args])).map(({ key }) => key as number))
}
