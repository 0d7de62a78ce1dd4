import type { Embedded, StoredChunk, StoredDocument } from '../../contract.ts'
import { checkEmbedded, checkOwner } from '../check.ts'
import { toChunkRow, toDocumentRow, toMetadata } from '../chunk-row.ts'
import { facetsOf } from '../filter/facets.ts'
import { searchedText } from '../searched-text.ts'
import { fromStorable, toStorable } from '../storable.ts'
import { toBytes } from '../vector-bytes.ts'
import type { Words } from '../words.ts'
import type { Transaction } from './connection.ts'
import { embeddedIn } from './read.ts'

export interface Put {
  readonly document: StoredDocument
  readonly chunks: readonly StoredChunk[]
  readonly vectors: readonly (Float32Array | undefined)[]
  readonly embedded: Embedded | undefined
}

/** Puts a document in place of what was there under its id. */
export async function writeDocument(tx: Transaction, put: Put, name: string, words: Words): Promise<void> {
  const { document, chunks, vectors, embedded } = put
  const held = await embeddedIn(tx)
  checkEmbedded(name, held, embedded)
  await removeDocument(tx, document.id)
  await checkIds(tx, document.id, chunks)
  const key = await insertDocument(tx, document)
  const facts = new Map<string, number>()
  let vector = 0
  for (const [i, chunk] of chunks.entries()) {
    const own = await insertFacts(tx, key, chunk, facts)
    const chunkKey = await insertChunk(tx, key, own, chunk, vectors[i] ? vector++ : null)
    const searched = words(searchedText(chunk))
    if (searched.length > 0)
      await tx.run('INSERT INTO words (rowid, list) VALUES (?, ?)', [chunkKey, searched.join(' ')])
  }
  const given = vectors.filter((each) => each !== undefined)
  if (given.length > 0) {
    await tx.run('INSERT INTO vectors VALUES (?, ?)', [key, toBytes(given)])
    if (!held)
      await tx.run(`INSERT OR REPLACE INTO about VALUES ('embedded', ?)`, [toStorable(JSON.stringify(embedded))])
  }
  await changed(tx)
}

export async function removeDocuments(tx: Transaction, ids: readonly string[]): Promise<void> {
  for (const id of ids) await removeDocument(tx, id)
  await changed(tx)
}

/** Tells readers that what they remember may be old. */
const changed = (tx: Transaction) => tx.run(`UPDATE about SET value = value + 1 WHERE name = 'changes'`)

async function removeDocument(tx: Transaction, id: string): Promise<void> {
  const [row] = await tx.rows('SELECT key FROM documents WHERE id = ?', [toStorable(id)])
  if (!row) return
  const key = [row.key as number]
  await tx.run('DELETE FROM words WHERE rowid IN (SELECT key FROM chunks WHERE document = ?)', key)
  await tx.run('DELETE FROM facets WHERE facts IN (SELECT key FROM facts WHERE document = ?)', key)
  for (const table of ['chunks', 'facts', 'vectors']) await tx.run(`DELETE FROM ${table} WHERE document = ?`, key)
  await tx.run('DELETE FROM documents WHERE key = ?', key)
}

async function checkIds(tx: Transaction, documentId: string, chunks: readonly StoredChunk[]): Promise<void> {
  const ids = JSON.stringify(chunks.map(({ id }) => toStorable(id)))
  const there = await tx.rows(
    'SELECT chunks.id, documents.id AS document FROM chunks JOIN documents ON documents.key = chunks.document WHERE chunks.id IN (SELECT value FROM json_each(?)) LIMIT 1',
    [ids],
  )
  checkOwner(
    documentId,
    there.map(({ id, document }) => ({ id: fromStorable(id as string), documentId: fromStorable(document as string) })),
  )
}

function insertDocument(tx: Transaction, document: StoredDocument): Promise<number> {
  const { id, hash, title, chunks, metadata, added } = toDocumentRow(document)
  return tx.run('INSERT INTO documents (id, hash, title, chunks, metadata, added) VALUES (?, ?, ?, ?, ?, ?)', [
    id,
    hash,
    title,
    chunks,
    metadata,
    added,
  ])
}

/** The key of the chunk's metadata, which most chunks of a document share. */
async function insertFacts(tx: Transaction, document: number, { metadata }: StoredChunk, there: Map<string, number>) {
  const json = toMetadata(metadata)
  const known = there.get(json)
  if (known !== undefined) return known
  const key = await tx.run('INSERT INTO facts (document, metadata) VALUES (?, ?)', [document, json])
  for (const { field, type, text, number } of facetsOf(metadata))
    await tx.run('INSERT INTO facets VALUES (?, ?, ?, ?, ?)', [key, field, type, text, number])
  there.set(json, key)
  return key
}

function insertChunk(tx: Transaction, document: number, facts: number, chunk: StoredChunk, vector: number | null) {
  const { id, place, hash, text, more } = toChunkRow(chunk)
  return tx.run(
    'INSERT INTO chunks (document, facts, id, place, hash, vector, text, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [document, facts, id, place, hash, vector, text, more],
  )
}
