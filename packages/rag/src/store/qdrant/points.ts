import { createHash } from 'node:crypto'
import type { Metadata, StoredChunk, StoredDocument } from '../../contract.ts'
import {
  type ChunkRow,
  type DocumentRow,
  fromChunkRow,
  fromDocumentRow,
  toChunkRow,
  toDocumentRow,
  toMetadata,
} from '../chunk-row.ts'
import { searchedText } from '../searched-text.ts'
import { toStorable } from '../storable.ts'
import type { Words } from '../words.ts'
import { fieldKey, keywordOf } from './fields.ts'

export interface Sparse {
  readonly indices: readonly number[]
  readonly values: readonly number[]
}

/** A point, with the named vectors that it has. */
export interface Point {
  readonly id: string
  readonly vector: { readonly meaning?: readonly number[]; readonly words?: Sparse }
  readonly payload: Payload
}

/**
 * `put` names the writing that brought a point. Of a document, only the chunks of the writing that its own point names are there: so a document changes at once, though Qdrant has no transactions.
 */
export interface Payload {
  readonly kind: 'chunk' | 'document' | 'about'
  readonly document: string
  readonly put: string
  /** When it was written, in milliseconds. */
  readonly at: number
  readonly row: string
  readonly id?: string
  readonly place?: number
  readonly hash?: string
  /** Of a chunk with a vector: its length, since Qdrant keeps it with length 1. */
  readonly length?: number
  readonly [field: `f_${string}`]: readonly string[]
}

const k1 = 1.2
const b = 0.75
/** Words of a chunk, on the average. BM25 takes it from all chunks; here it must be known before. */
const meanLength = 120

/** Its part of BM25 for each word of a text; Qdrant multiplies it with the rarity of the word (`modifier: idf`). */
function toSparse(words: readonly string[]): Sparse {
  const times = new Map<number, number>()
  for (const word of words) times.set(indexOf(word), (times.get(indexOf(word)) ?? 0) + 1)
  const norm = k1 * (1 - b + (b * words.length) / meanLength)
  return { indices: [...times.keys()], values: [...times.values()].map((n) => (n * (k1 + 1)) / (n + norm)) }
}

export const toQuery = (words: readonly string[]): Sparse => {
  const indices = [...new Set(words.map(indexOf))]
  return { indices, values: indices.map(() => 1) }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** The number of a word; two words share one of four billion hardly ever. */
const indexOf = (word: string) => digest(word).readUInt32LE()

/** Points are named by UUIDs. */
function uuid(text: string): string {
  const hex = digest(text).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

export const documentPoint = (id: string) => uuid(`document ${toStorable(id)}`)
export const aboutPoint = uuid('about')

export const toDocumentPoint = (document: StoredDocument, put: string, at: number): Point => ({
  id: documentPoint(document.id),
  vector: {},
  payload: {
    kind: 'document',
    document: toStorable(document.id),
    put,
    at,
    row: JSON.stringify(toDocumentRow(document)),
  },
})

export function toChunkPoint(
  chunk: StoredChunk,
  vector: Float32Array | undefined,
  put: string,
  at: number,
  words: Words,
): Point {
  const row = toChunkRow(chunk)
  const found = words(searchedText(chunk))
  const length = vector ? Math.hypot(...vector) : undefined
  return {
    id: uuid(`chunk ${put} ${row.id}`),
    vector: {
      ...(vector ? { meaning: Array.from(vector, (x) => (length ? x / length : 0)) } : {}),
      ...(found.length > 0 ? { words: toSparse(found) } : {}),
    },
    payload: {
      kind: 'chunk',
      document: toStorable(chunk.documentId),
      put,
      at,
      id: row.id,
      place: row.place,
      hash: row.hash,
      row: JSON.stringify({ ...row, metadata: toMetadata(chunk.metadata) }),
      ...(length === undefined ? {} : { length }),
      ...fieldsOf(chunk.metadata),
    },
  }
}

/** Values of each field as keywords, for filters. */
function fieldsOf(metadata: Metadata): Record<`f_${string}`, string[]> {
  const fields: Record<`f_${string}`, string[]> = {}
  for (const [field, value] of Object.entries(metadata)) {
    const values = (Array.isArray(value) ? value : [value]).filter((each) => each !== null && each !== undefined)
    if (values.length > 0) fields[fieldKey(field)] = values.map(keywordOf)
  }
  return fields
}

export const toChunk = ({ row, document }: Payload): StoredChunk =>
  fromChunkRow({ ...(JSON.parse(row) as ChunkRow & { metadata: string }), document })

export const toDocument = ({ row }: Payload): StoredDocument => fromDocumentRow(JSON.parse(row) as DocumentRow)
