import type { Embedded, Found, StoredChunk, StoredDocument } from '../../contract.ts'
import { type ChunkRow, type DocumentRow, fromChunkRow, fromDocumentRow } from '../chunk-row.ts'
import { fromStorable, toStorable } from '../storable.ts'
import type { Query, Row } from './client.ts'
import type { Tables } from './schema.ts'

export const chunkColumns = 'id, document, place, hash, text, more, metadata'

const toChunk = (row: Row) => fromChunkRow(row as unknown as ChunkRow & { document: string; metadata: string })

export const toFound = (rows: readonly Row[]): Found[] =>
  rows.map((row) => ({ chunk: toChunk(row), score: Number(row.score) }))

/** Vectors as pgvector reads and writes them. */
export const toVectorText = (vector: Float32Array) => `[${vector.join(',')}]`
const fromVectorText = (text: string) => Float32Array.from(JSON.parse(text) as number[])

/** What the vectors of the store come from. `column`: there is a column for them, which may be empty. */
export async function embeddedIn(query: Query, { about, chunks }: Tables, lock = '') {
  const [row] = await query(`SELECT value FROM ${about} WHERE name = 'embedded' ${lock}`)
  if (!row) return undefined
  const [some] = await query(`SELECT 1 AS there FROM ${chunks} WHERE vector IS NOT NULL LIMIT 1`)
  return some && (JSON.parse(fromStorable(row.value as string)) as Embedded)
}

export async function documentIn(query: Query, { documents }: Tables, id: string): Promise<StoredDocument | undefined> {
  const [row] = await query(`SELECT * FROM ${documents} WHERE id = $1`, [toStorable(id)])
  return row && fromDocumentRow(row as unknown as DocumentRow)
}

/** The next documents after an id, by id. */
export async function documentsAfter(
  query: Query,
  { documents }: Tables,
  after: string,
  prefix: string,
  limit: number,
) {
  const rows = await query(
    `SELECT * FROM ${documents} WHERE id > $1 AND id >= $2 AND starts_with(id, $2) ORDER BY id LIMIT $3`,
    [toStorable(after), toStorable(prefix), limit],
  )
  return rows.map((row) => fromDocumentRow(row as unknown as DocumentRow))
}

/** Chunks by the ids given, in their order. */
export async function chunksById(query: Query, { chunks }: Tables, ids: readonly string[]): Promise<StoredChunk[]> {
  const rows = await query(
    `SELECT ${chunkColumns} FROM unnest($1::text[]) WITH ORDINALITY AS wanted (wanted_id, nth) JOIN ${chunks} ON id = wanted_id ORDER BY nth`,
    [ids.map(toStorable)],
  )
  return rows.map(toChunk)
}

export async function chunksBetween(query: Query, { chunks }: Tables, documentId: string, from: number, to: number) {
  const rows = await query(
    `SELECT ${chunkColumns} FROM ${chunks} WHERE document = $1 AND place >= $2::float8 AND place < $3::float8 ORDER BY place`,
    [toStorable(documentId), from, to],
  )
  return rows.map(toChunk)
}

export async function vectorsByHash(query: Query, tables: Tables, hashes: readonly string[]) {
  if (!(await embeddedIn(query, tables))) return new Map<string, Float32Array>()
  const rows = await query(
    `SELECT DISTINCT ON (hash) hash, vector::text AS vector FROM ${tables.chunks} WHERE hash = ANY ($1::text[]) AND vector IS NOT NULL`,
    [hashes.map(toStorable)],
  )
  return new Map(rows.map((row) => [fromStorable(row.hash as string), fromVectorText(row.vector as string)]))
}

export async function sizesIn(query: Query, { documents, chunks }: Tables) {
  const [row] = await query(
    `SELECT (SELECT count(*) FROM ${documents})::float8 AS documents, (SELECT count(*) FROM ${chunks})::float8 AS chunks, (pg_total_relation_size($1) + pg_total_relation_size($2))::float8 AS bytes`,
    [documents, chunks],
  )
  return { documents: Number(row?.documents), chunks: Number(row?.chunks), bytes: Number(row?.bytes) }
}
