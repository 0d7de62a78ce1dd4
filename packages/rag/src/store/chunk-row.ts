import type { Metadata, StoredChunk, StoredDocument } from '../contract.ts'
import { fromStorable, toStorable } from './storable.ts'

/** A chunk as the columns that databases keep; `more` is JSON of what nobody asks for by itself. */
export interface ChunkRow {
  readonly id: string
  readonly place: number
  readonly hash: string
  readonly text: string
  readonly more: string
}

export function toChunkRow({ id, documentId: _, index, hash, text, metadata: __, ...more }: StoredChunk): ChunkRow {
  return {
    id: toStorable(id),
    place: index,
    hash: toStorable(hash),
    text: toStorable(text),
    more: toStorable(JSON.stringify(more)),
  }
}

/** The chunk again. `metadata` is JSON. */
export function fromChunkRow(row: ChunkRow & { readonly document: string; readonly metadata: string }): StoredChunk {
  const more = JSON.parse(fromStorable(row.more)) as Omit<StoredChunk, keyof ChunkRow | 'metadata'>
  return {
    ...more,
    id: fromStorable(row.id),
    documentId: fromStorable(row.document),
    index: Number(row.place),
    hash: fromStorable(row.hash),
    text: fromStorable(row.text),
    metadata: fromMetadata(row.metadata),
  }
}

export interface DocumentRow {
  readonly id: string
  readonly hash: string
  readonly title: string | null
  readonly chunks: number
  readonly metadata: string
  readonly added: string
}

export const toDocumentRow = ({ id, hash, title, chunks, metadata, added }: StoredDocument): DocumentRow => ({
  id: toStorable(id),
  hash: toStorable(hash),
  title: title === undefined ? null : toStorable(title),
  chunks,
  metadata: toMetadata(metadata),
  added: toStorable(added),
})

export const fromDocumentRow = ({ id, hash, title, chunks, metadata, added }: DocumentRow): StoredDocument => ({
  id: fromStorable(id),
  hash: fromStorable(hash),
  ...(title === null ? {} : { title: fromStorable(title) }),
  chunks: Number(chunks),
  metadata: fromMetadata(metadata),
  added: fromStorable(added),
})

/** Metadata as JSON that databases keep as it is. */
export const toMetadata = (metadata: Metadata): string => toStorable(JSON.stringify(metadata))

const fromMetadata = (json: string): Metadata => JSON.parse(fromStorable(json)) as Metadata
