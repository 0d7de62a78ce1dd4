import type { Json } from '@anymodel/core'

/** What is known about a document: plain JSON values by name. Filters ask for them. */
export type Metadata = Readonly<Record<string, Json>>

/** A stretch of a document's text: `text.slice(start, end)`, counted in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A heading, and where it stands in the text. */
export interface Heading extends Span {
  /** 1 is the outermost. */
  readonly level: number
  readonly title: string
}

/** A document as plain text, with what its format knew about it. Loaders give it; offsets of chunks and quotes count in `text`. */
export interface Document {
  /** Names the document in the store: a path relative to where it was found, a URL, or a name of your own. */
  readonly id: string
  readonly text: string
  readonly mediaType?: string
  readonly title?: string
  readonly headings?: readonly Heading[]
  /** Where its pages (slides, sheets, chapters) stand in the text, in order. */
  readonly pages?: readonly (Span & { readonly label: string })[]
  /** BCP 47 tag. */
  readonly language?: string
  /** ISO 8601. */
  readonly created?: string
  readonly modified?: string
  readonly metadata?: Metadata
}

/** A piece of a document. `document.text.slice(start, end) === text`, always. */
export interface Chunk extends Span {
  readonly text: string
  /** Titles of the headings that it stands under, outermost first. */
  readonly headings: readonly string[]
  /** Label of the page on which it begins. */
  readonly page?: string
  /** Of a larger chunk that holds this one: its place in the list of chunks. Such parents are not searched; they are given in place of their children. */
  readonly parent?: number
}

/** Cuts a document. The chunks stand in the order of the text, parents before their children. */
export type Splitter = (document: Document) => readonly Chunk[] | Promise<readonly Chunk[]>

/** A chunk as stores keep it. */
export interface StoredChunk extends Omit<Chunk, 'parent'> {
  /** Unique in the store, the same for the same text at the same place of the same document. */
  readonly id: string
  readonly documentId: string
  /** Place in the document's list of chunks, from 0. */
  readonly index: number
  /** Of the text and its header. */
  readonly hash: string
  /** Words that say where the chunk comes from (title, headings, a sentence of a model). Searched with the text, no part of it. */
  readonly header?: string
  /** `id` of the chunk that holds this one. */
  readonly parentId?: string
  /** It is only given in place of its children: it has no vector, and search by words passes it over. */
  readonly isParent?: boolean
  /** Title of the document. */
  readonly title?: string
  /** The document's metadata and `mediaType`, `language`, `created`, `modified`, for filters. */
  readonly metadata: Metadata
}

/** A document as stores keep it: what tells whether it has changed. */
export interface StoredDocument {
  readonly id: string
  /** Of its bytes or text, and of the options that it was cut and embedded with: another hash means that it is added anew. */
  readonly hash: string
  readonly title?: string
  readonly chunks: number
  readonly metadata: Metadata
  /** When it was added, ISO 8601. */
  readonly added: string
}

/** A value that a filter compares with. */
export type FilterValue = string | number | boolean | null

/**
 * What one field must be: a value, or comparisons that must all hold. A field with a list of values fits when one of them passes all comparisons; `ne` fits when none is equal. Numbers are compared with numbers, texts with texts, by code points. `null`
 * stands for nothing: a field that is missing, `null` or an empty list; `exists` asks whether there is something. A value that is `undefined` is refused with `invalid-argument`: it would let everything through.
 */
export type FieldFilter =
  | FilterValue
  | {
      readonly eq?: FilterValue
      readonly ne?: FilterValue
      readonly in?: readonly FilterValue[]
      readonly gt?: string | number
      readonly gte?: string | number
      readonly lt?: string | number
      readonly lte?: string | number
      readonly exists?: boolean
    }

/** Which chunks may be found: fields of the metadata, or `documentId`, all of which must fit. Works alike in every store. */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly [field: string]: FieldFilter }

/** A chunk that was found. Scores of one list are comparable, larger is better; scores of different lists are not. */
export interface Found {
  readonly chunk: StoredChunk
  readonly score: number
}

export interface StoreSearch {
  /** At most this many chunks. */
  readonly limit: number
  readonly filter?: Filter
  readonly signal?: AbortSignal
}

/** What vectors a store holds. Vectors of different models can't be compared, so it is written down with the first one. */
export interface Embedded {
  /** Provider and id of the embedding model. */
  readonly model: string
  readonly dimensions: number
}

/** Keeps chunks with their vectors and finds them again. One suite, `testStore`, holds for all of them. */
export interface Store {
  readonly name: string
  /** Makes or opens what is behind it. Called before anything else, any number of times. */
  open(): Promise<void>
  /** What its vectors come from; `undefined` as long as there are none. */
  embedded(): Promise<Embedded | undefined>
  /**
   * Puts a document with all its chunks in place of what was there under its id, at once: a reader sees the old ones or the new ones. `vectors[i]` belongs to `chunks[i]`; parents have none. `embedded` is
   * written down with the first vectors; when it differs from what is there, rejects with `config`.
   */
  put(
    document: StoredDocument,
    chunks: readonly StoredChunk[],
    vectors: readonly (Float32Array | undefined)[],
    embedded?: Embedded,
  ): Promise<void>
  /** Takes documents with all their chunks away. Unknown ids are no error. */
  remove(documentIds: readonly string[]): Promise<void>
  /** The documents that are there, ordered by id. */
  documents(options?: { readonly prefix?: string }): AsyncIterable<StoredDocument>
  document(id: string): Promise<StoredDocument | undefined>
  /** Chunks by id, in the order asked for; those that are not there are left out. */
  chunks(ids: readonly string[]): Promise<readonly StoredChunk[]>
  /** The chunks of one document from `from` to before `to`, by their `index`; for neighbours of a chunk. */
  range(documentId: string, from: number, to: number): Promise<readonly StoredChunk[]>
  /** The vectors of chunks that are there, by hash: what need not be embedded again. */
  vectorsOf(hashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>
  /** By words (BM25 or the nearest thing that the store has). Every character of the query is data, never syntax. */
  searchText(query: string, search: StoreSearch): Promise<readonly Found[]>
  /** By cosine of the vectors. */
  searchVector(vector: Float32Array, search: StoreSearch): Promise<readonly Found[]>
  stats(): Promise<{ readonly documents: number; readonly chunks: number; readonly bytes?: number }>
  close(): Promise<void>
}
