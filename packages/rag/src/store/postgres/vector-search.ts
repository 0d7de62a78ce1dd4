import type { Condition } from '../filter/condition.ts'
import { type PostgresPool, type Row, transaction } from './client.ts'
import type { Bind } from './filter-sql.ts'
import { chunksWhere } from './filter-sql.ts'
import { chunkColumns, toVectorText } from './read.ts'
import type { Tables } from './schema.ts'

/** The index gives no more at once. */
const mostIndexed = 1000

/** Rows of chunks by cosine. */
export function searchVectors(
  pool: PostgresPool,
  { chunks }: Tables,
  vector: Float32Array,
  limit: number,
  condition: Condition | undefined,
  exactUpTo: number,
): Promise<Row[]> {
  const where = (bind: Bind) => `vector IS NOT NULL AND ${condition ? chunksWhere(condition, bind) : 'true'}`
  return transaction(pool, async (query) => {
    const counted = values()
    const [count] = await query(
      `SELECT count(*)::int AS there FROM (SELECT 1 FROM ${chunks} WHERE ${where(counted.bind)} LIMIT ${counted.bind(exactUpTo + 1)}) AS candidates`,
      counted.list,
    )
    const exact = Number(count?.there) <= exactUpTo || limit > mostIndexed
    const { list, bind } = values()
    const wanted = `${bind(toVectorText(vector))}::vector`
    if (!exact) await query(`SET LOCAL hnsw.ef_search = ${Math.min(mostIndexed, Math.max(100, limit))}`)
    if (!exact && condition) await query(`SET LOCAL hnsw.iterative_scan = 'strict_order'`)
    const from = exact ? `(SELECT * FROM ${chunks} WHERE ${where(bind)} OFFSET 0) AS fitting` : chunks
    const distance = `vector <=> ${wanted}`
    return query(
      `SELECT ${chunkColumns}, CASE WHEN ${distance} = 'NaN' THEN 0 ELSE 1 - (${distance}) END AS score FROM ${from} ${exact ? '' : `WHERE ${where(bind)}`} ORDER BY ${exact ? 'score DESC' : distance} LIMIT ${bind(limit)}`,
      list,
    )
  })
}

function values() {
  const list: unknown[] = []
  return { list, bind: (value: unknown) => `$${list.push(value)}` }
}
