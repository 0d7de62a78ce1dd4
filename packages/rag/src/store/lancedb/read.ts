import type { Embedded } from '../../contract.ts'
import type { Condition } from '../filter/condition.ts'
import { fits } from '../filter/fits.ts'
import { fromStorable } from '../storable.ts'
import type { LanceRows, LanceTable } from './client.ts'
import { chunksWhere, literal } from './filter-sql.ts'
import { aboutKey, type LanceRow, toEmbedded } from './rows.ts'

/** Rows by their keys, in SQL. */
export const keysIn = (keys: readonly string[]) =>
  keys.length === 0 ? 'false' : `key IN (${keys.map(literal).join(', ')})`

/** Rows with these columns, or with all. */
// biome-ignore lint/suspicious/noExplicitAny: rows of Arrow have the columns that were asked for
export async function read(query: LanceRows, columns?: string[]): Promise<any[]> {
  return (columns ? query.select(columns) : query).toArray()
}

/** What the vectors come from; `undefined` as long as there are none. */
export async function embeddedIn(table: LanceTable | undefined): Promise<Embedded | undefined> {
  if (!table) return undefined
  const [row] = await read(table.query().where(keysIn([aboutKey])))
  return row && (await table.countRows('embedded')) > 0 ? toEmbedded(row) : undefined
}

/** The chunks that fit, in SQL. What LanceDB can't compare is compared here, by the metadata of all chunks. */
export async function whereOf(table: LanceTable, condition: Condition | undefined): Promise<string> {
  if (!condition) return `kind = 'chunk'`
  const sql = chunksWhere(condition)
  if (sql !== undefined) return `kind = 'chunk' AND ${sql}`
  const all: LanceRow[] = await read(table.query().where(`kind = 'chunk'`), ['key', 'document', 'metadata'])
  const fitting = all.filter(({ document, metadata }) =>
    fits(condition, { documentId: fromStorable(document), metadata: JSON.parse(fromStorable(metadata)) }),
  )
  return keysIn(fitting.map(({ key }) => key))
}
