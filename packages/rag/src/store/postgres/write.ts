import type { Json } from '@anymodel/core'
import type { Embedded, Metadata, StoredChunk, StoredDocument } from '../../contract.ts'
import { checkEmbedded, checkOwner } from '../check.ts'
import { toChunkRow, toDocumentRow, toMetadata } from '../chunk-row.ts'
import { searchedText } from '../searched-text.ts'
import { fromStorable, toStorable } from '../storable.ts'
import type { Words } from '../words.ts'
import type { Query } from './client.ts'
import { embeddedIn, toVectorText } from './read.ts'
import { makeVectorColumn, type Tables } from './schema.ts'
import { toWordVector } from './word-vector.ts'

interface Put {
  readonly document: StoredDocument
  readonly chunks: readonly StoredChunk[]
  readonly vectors: readonly (Float32Array | undefined)[]
  readonly embedded: Embedded | undefined
}

/** So many chunks go in one statement. */
const batch = 200

/** Puts a document in place of what was there under its id. */
export async function writeDocument(query: Query, tables: Tables, put: Put, name: string, words: Words): Promise<void> {
  const { document, chunks, vectors, embedded } = put
  if (embedded) await agree(query, tables, name, embedded, vectors.some(Boolean))
  const searched = chunks.map((chunk) => words(searchedText(chunk)))
  // Its row first: another writer of the same document waits here.
  await upsertDocument(query, tables, document, searched)
  await query(`DELETE FROM ${tables.chunks} WHERE document = $1`, [toStorable(document.id)])
  await checkIds(query, tables, document.id, chunks)
  for (let from = 0; from < chunks.length; from += batch) {
    const part = <T>(list: readonly T[]) => list.slice(from, from + batch)
    await insertChunks(query, tables, part(chunks), part(searched), part(vectors))
  }
}

/** Throws `config` for another embedding model; otherwise it is written down, and nobody changes it before the end of the transaction. */
async function agree(query: Query, tables: Tables, name: string, embedded: Embedded, vectors: boolean): Promise<void> {
  const [known] = await query(`SELECT value FROM ${tables.about} WHERE name = 'embedded' FOR SHARE`)
  const value = toStorable(JSON.stringify({ model: embedded.model, dimensions: embedded.dimensions }))
  if (known?.value === value) return
  await query('SELECT pg_advisory_xact_lock(hashtext($1))', [tables.about])
  checkEmbedded(name, await embeddedIn(query, tables, 'FOR UPDATE'), embedded)
  if (!vectors) return
  const [now] = await query(`SELECT value FROM ${tables.about} WHERE name = 'embedded'`)
  if (now?.value === value) return
  await makeVectorColumn(query, tables, embedded.dimensions)
  await query(`INSERT INTO ${tables.about} VALUES ('embedded', $1) ON CONFLICT (name) DO UPDATE SET value = $1`, [
    value,
  ])
}

async function upsertDocument(
  query: Query,
  { documents }: Tables,
  document: StoredDocument,
  searched: readonly (readonly string[])[],
): Promise<void> {
  const { id, hash, title, chunks, metadata, added } = toDocumentRow(document)
  const filled = searched.filter((each) => each.length > 0)
  await query(
    `INSERT INTO ${documents} VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET hash = $2, title = $3, chunks = $4, metadata = $5, added = $6, searched = $7, length = $8`,
    [id, hash, title, chunks, metadata, added, filled.length, filled.reduce((sum, each) => sum + each.length, 0)],
  )
}

async function checkIds(query: Query, { chunks: table }: Tables, documentId: string, chunks: readonly StoredChunk[]) {
  const there = await query(`SELECT id, document FROM ${table} WHERE id = ANY ($1::text[]) LIMIT 1`, [
    chunks.map(({ id }) => toStorable(id)),
  ])
  checkOwner(
    documentId,
    there.map(({ id, document }) => ({ id: fromStorable(id as string), documentId: fromStorable(document as string) })),
  )
}

async function insertChunks(
  query: Query,
  { chunks: table }: Tables,
  chunks: readonly StoredChunk[],
  searched: readonly (readonly string[])[],
  vectors: readonly (Float32Array | undefined)[],
): Promise<void> {
  const rows = chunks.map(toChunkRow)
  const columns: Record<string, readonly [type: string, values: readonly unknown[]]> = {
    id: ['text', rows.map(({ id }) => id)],
    document: ['text', chunks.map(({ documentId }) => toStorable(documentId))],
    place: ['integer', rows.map(({ place }) => place)],
    hash: ['text', rows.map(({ hash }) => hash)],
    text: ['text', rows.map(({ text }) => text)],
    more: ['text', rows.map(({ more }) => more)],
    metadata: ['text', chunks.map(({ metadata }) => toMetadata(metadata))],
    facets: ['jsonb', chunks.map(({ metadata }) => toFacets(metadata))],
    words: ['tsvector', searched.map(toWordVector)],
    length: ['integer', searched.map((each) => each.length)],
    ...(vectors.some(Boolean) ? { vector: ['vector', vectors.map((each) => (each ? toVectorText(each) : null))] } : {}),
  }
  const names = Object.keys(columns).join(', ')
  const typed = Object.entries(columns).map(([column, [type]]) => `${column}::${type}`)
  const arrays = Object.keys(columns).map((_, i) => `$${i + 1}::text[]`)
  await query(
    `INSERT INTO ${table} (${names}) SELECT ${typed.join(', ')} FROM unnest(${arrays.join(', ')}) AS rows (${names})`,
    Object.values(columns).map(([, values]) => values),
  )
}

/** The values of each field that are there, in a list. What can't be compared is `{}`. */
function toFacets(metadata: Metadata): string {
  const entries = Object.entries(metadata).map(([field, value]) => {
    const values = (Array.isArray(value) ? value : [value as Json]).filter((each) => each !== null)
    return [toStorable(field), values.map(toFacet)] as const
  })
  return JSON.stringify(Object.fromEntries(entries.filter(([, values]) => values.length > 0)))
}

const toFacet = (value: Json) =>
  typeof value === 'string' ? toStorable(value) : typeof value === 'object' ? {} : value
