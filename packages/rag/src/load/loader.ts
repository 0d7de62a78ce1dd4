import type { Document, Metadata } from '../contract.ts'

/** The bytes of a file, and what is known about them from outside. */
export interface Source {
  /** Becomes the id of the document: a path, a URL, a name. Its extension tells the format where nothing else does. */
  readonly id: string
  readonly bytes: Uint8Array
  /** Of the format, without parameters. Default: what the bytes and the name show. */
  readonly mediaType?: string | undefined
  /** Encoding of a text, as its transport declared it. */
  readonly charset?: string | undefined
  /** ISO 8601; used where the file itself doesn't say. */
  readonly modified?: string | undefined
  /** Joins the metadata of every document that comes out. */
  readonly metadata?: Metadata | undefined
}

export interface LoadOptions {
  /** Most bytes a file may have. Default 50 MB. */
  readonly maxBytes?: number
  /** Most characters of text that may come out of a file; also bounds what an archive may unpack to. Default 20 million. */
  readonly maxText?: number
  /** Longest that a PDF, an Office file or an e-book may take to read, ms. Default 120,000. */
  readonly maxTime?: number
  /**
   * Makes every record of JSON, JSONL and CSV files and of sheets a document of its own, with the id `file#1`, `file#2`, ... Fields named in `text` make its text (default: all fields), the field `id` its id, and the
   * plain values of the others its metadata. Default false: one document for all of them.
   */
  readonly records?: boolean | RecordOptions
  /** Loads the attachments of e-mails as documents of their own, with the id `mail.eml#name`. Default false: they are listed in the metadata. */
  readonly attachments?: boolean
  /** Loaders by media type, in place of those that are here or beside them. */
  readonly loaders?: Readonly<Record<string, Loader>>
  readonly signal?: AbortSignal
}

/** Which fields of a record are what. */
export interface RecordOptions {
  readonly text?: readonly string[]
  readonly id?: string
}

/** Makes documents of a file, mostly one. Throws `invalid-argument` for files that are damaged, locked or too large. */
export type Loader = (source: Source, options: LoadOptions) => Promise<readonly Document[]>
