import { toStorable } from '../storable.ts'
import type { LanceTable } from './client.ts'
import { literal } from './filter-sql.ts'
import { read } from './read.ts'
import type { LanceRow } from './rows.ts'
import type { LancePlace } from './table.ts'

/** Puts the rows of a document in place of what was there of it, in one commit. */
export async function writeRows(
  place: LancePlace,
  table: LanceTable | undefined,
  documentId: string,
  rows: readonly LanceRow[],
): Promise<void> {
  if (!table) return place.make(rows)
  const document = literal(toStorable(documentId))
  const dimensions = rows[0]?.vector.length ?? 1
  const [one] = await read(table.query().limit(1))
  const held = one ? one.vector.length : dimensions
  // The first vectors, or the first of another length: the column has one length, so the table is made anew.
  if (held !== dimensions && rows.some(({ kind }) => kind === 'about')) {
    const others = await read(table.query().where(`document <> ${document} AND kind <> 'about'`))
    return place.make([...rows, ...others.map((row) => withoutVector(row, dimensions))])
  }
  const fitted = held === dimensions ? rows : rows.map((row) => ({ ...row, vector: zeros(held) }))
  const merging = table.mergeInsert('key').whenMatchedUpdateAll().whenNotMatchedInsertAll()
  const whole = merging.whenNotMatchedBySourceDelete({ where: `document = ${document}` })
  await whole.execute(fitted.map((row) => ({ ...row })))
}

/** A row that was read, with room for a vector of another length. */
const withoutVector = (row: LanceRow & { toJSON(): LanceRow }, dimensions: number): LanceRow => ({
  ...row.toJSON(),
  facets: [...row.facets],
  vector: zeros(dimensions),
})

const zeros = (length: number): number[] => Array(length).fill(0)
