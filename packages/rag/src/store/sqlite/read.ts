import type { Row } from '@libsql/client'
import type { Embedded, StoredChunk, StoredDocument } from '../../contract.ts'
import { type ChunkRow, type DocumentRow, fromChunkRow, fromDocumentRow } from '../chunk-row.ts'
import { fromStorable, toStorable } from '../storable.ts'
import { fromBytes } from '../vector-bytes.ts'
import type { Transaction } from './connection.ts'

const chunkColumns =
  'chunks.key, chunks.id, documents.id AS document, place, chunks.hash, text, more, facts.metadata AS metadata'
const chunkTables = 'chunks JOIN documents ON documents.key = chunks.document JOIN facts ON facts.key = chunks.facts'

const toChunk = (row: Row) => fromChunkRow(row as unknown as ChunkRow & { document: string; metadata: string })

export async function embeddedIn(tx: Transaction): Promise<Embedded | undefined> {
  const [row] = await tx.rows(`SELECT value FROM about WHERE name = 'embedded' AND EXISTS (SELECT 1 FROM vectors)`)
  return row && (JSON.parse(fromStorable(row.value as string)) as Embedded)
}

export async function documentIn(tx: Transaction, id: string): Promise<StoredDocument | undefined> {
  const [row] = await tx.rows('SELECT * FROM documents WHERE id = ?', [toStorable(id)])
  return row && fromDocumentRow(row as unknown as DocumentRow)
}

/** The next documents after an id, by id. */
export async function documentsAfter(tx: Transaction, after: string, prefix: string, limit: number) {
  const rows = await tx.rows(
    `SELECT * FROM documents WHERE id > ? AND id >= ? AND substr(id, 1, length(?)) = ? ORDER BY id LIMIT ?`,
    [toStorable(after), toStorable(prefix), toStorable(prefix), toStorable(prefix), limit],
  )
  return rows.map((row) => fromDocumentRow(row as unknown as DocumentRow))
}

/** Chunks by the ids given, in their order. */
export async function chunksById(tx: Transaction, ids: readonly string[]): Promise<StoredChunk[]> {
  const rows = await tx.rows(
    `SELECT ${chunkColumns} FROM json_each(?) AS wanted JOIN ${chunkTables} WHERE chunks.id = wanted.value ORDER BY wanted.key`,
    [JSON.stringify(ids.map(toStorable))],
  )
  return rows.map(toChunk)
}

/** Chunks by the keys given, by key. */
export async function chunksByKey(tx: Transaction, keys: readonly number[]): Promise<Map<number, StoredChunk>> {
  const rows = await tx.rows(
    `SELECT ${chunkColumns} FROM json_each(?) AS wanted JOIN ${chunkTables} WHERE chunks.key = wanted.value`,
    [JSON.stringify(keys)],
  )
  return new Map(rows.map((row) => [row.key as number, toChunk(row)]))
}

export async function chunksBetween(tx: Transaction, documentId: string, from: number, to: number) {
  const rows = await tx.rows(
    `SELECT ${chunkColumns} FROM ${chunkTables} WHERE documents.id = ? AND place >= ? AND place < ? ORDER BY place`,
    [toStorable(documentId), from, to],
  )
  return rows.map(toChunk)
}

export async function vectorsByHash(tx: Transaction, hashes: readonly string[]): Promise<Map<string, Float32Array>> {
  const embedded = await embeddedIn(tx)
  if (!embedded) return new Map()
  const size = embedded.dimensions * Float32Array.BYTES_PER_ELEMENT
  const rows = await tx.rows(
    `SELECT DISTINCT hash, substr(numbers, vector * ? + 1, ?) AS numbers FROM json_each(?) AS wanted JOIN chunks ON hash = wanted.value AND vector IS NOT NULL JOIN vectors ON vectors.document = chunks.document GROUP BY hash`,
    [size, size, JSON.stringify(hashes.map(toStorable))],
  )
  return new Map(rows.map((row) => [fromStorable(row.hash as string), fromBytes(row.numbers as ArrayBuffer)]))
}

export async function sizesIn(tx: Transaction): Promise<{ documents: number; chunks: number; bytes: number }> {
  const [row] = await tx.rows(
    'SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM chunks) AS chunks, (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes',
  )
  return row as unknown as { documents: number; chunks: number; bytes: number }
}
