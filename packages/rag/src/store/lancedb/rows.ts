import type { Json } from '@anymodel/core'
import type { Embedded, Metadata, StoredChunk, StoredDocument } from '../../contract.ts'
import { type ChunkRow, fromChunkRow, fromDocumentRow, toChunkRow, toDocumentRow, toMetadata } from '../chunk-row.ts'
import { searchedText } from '../searched-text.ts'
import { fromStorable, toStorable } from '../storable.ts'
import type { Words } from '../words.ts'

/**
 * A row of the table. LanceDB commits one table at a time, so all is in one: chunks, documents, and what the vectors come from. Columns are never empty (`null`, no element), because their types are read from the
 * first rows.
 */
export interface LanceRow {
  readonly key: string
  readonly kind: 'chunk' | 'document' | 'about'
  readonly document: string
  readonly id: string
  readonly place: number
  readonly hash: string
  readonly text: string
  readonly more: string
  readonly metadata: string
  /** The words that are looked for, with spaces between. */
  readonly words: string
  /** Each field and each value of it that a filter may ask for; see `facetOf`. */
  readonly facets: readonly string[]
  readonly embedded: boolean
  /** Zeros where there is none. */
  readonly vector: readonly number[]
}

export const chunkColumns = ['document', 'id', 'place', 'hash', 'text', 'more', 'metadata']

export const chunkKey = (id: string) => `chunk ${toStorable(id)}`
export const documentKey = (id: string) => `document ${toStorable(id)}`
export const aboutKey = 'about'

export function toRows(
  document: StoredDocument,
  chunks: readonly StoredChunk[],
  vectors: readonly (Float32Array | undefined)[],
  { dimensions, words }: { readonly dimensions: number; readonly words: Words },
): LanceRow[] {
  const nothing = Array<number>(dimensions).fill(0)
  const bare = { document: toStorable(document.id), place: 0, hash: '', text: '', words: '', facets: [''] }
  const own = { ...bare, embedded: false, vector: nothing, metadata: '{}' }
  return [
    { ...own, key: documentKey(document.id), kind: 'document', id: '', more: JSON.stringify(toDocumentRow(document)) },
    ...chunks.map(
      (chunk, i): LanceRow => ({
        ...own,
        ...toChunkRow(chunk),
        key: chunkKey(chunk.id),
        kind: 'chunk',
        metadata: toMetadata(chunk.metadata),
        words: words(searchedText(chunk)).join(' '),
        facets: facetsOf(chunk.metadata),
        embedded: vectors[i] !== undefined,
        vector: vectors[i] ? Array.from(vectors[i]) : nothing,
      }),
    ),
  ]
}

/** What the vectors come from. */
export const toAbout = ({ model, dimensions }: Embedded): LanceRow => ({
  key: aboutKey,
  kind: 'about',
  document: '',
  id: '',
  place: 0,
  hash: '',
  text: '',
  more: toStorable(JSON.stringify({ model, dimensions })),
  metadata: '{}',
  words: '',
  facets: [''],
  embedded: false,
  vector: Array<number>(dimensions).fill(0),
})

export const toEmbedded = ({ more }: LanceRow): Embedded => JSON.parse(fromStorable(more)) as Embedded

export const toChunk = (row: LanceRow): StoredChunk => fromChunkRow(row as ChunkRow & LanceRow)

export const toDocument = ({ more }: LanceRow): StoredDocument => fromDocumentRow(JSON.parse(more))

/** A field that has a value, or that value of it, as one text. */
export const facetOf = (field: string, ...value: readonly Json[]): string =>
  toStorable(JSON.stringify([field, ...value]))

function facetsOf(metadata: Metadata): string[] {
  const facets = Object.entries(metadata).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value as Json])
      .filter((each) => each !== null)
      .flatMap((each) => [facetOf(field), ...(typeof each === 'object' ? [] : [facetOf(field, each)])]),
  )
  return ['', ...new Set(facets)]
}
