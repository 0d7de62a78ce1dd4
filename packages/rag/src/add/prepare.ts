import { createHash } from 'node:crypto'
import type { Json } from '@anymodel/core'
import type { Chunk, Document, Metadata, Splitter, StoredChunk, StoredDocument } from '../contract.ts'
import { type LanguageDetector, withLanguage } from './language.ts'

/** The words in front of a chunk that say where it comes from; part of what is searched and embedded, not of the text. */
export type ChunkHeader = (
  document: Document,
  chunk: Chunk,
  options?: { readonly signal?: AbortSignal },
) => string | undefined | Promise<string | undefined>

/** How documents become chunks. */
export interface Preparation {
  readonly split: Splitter
  readonly header: ChunkHeader
  readonly detectLanguage?: LanguageDetector | undefined
  /** Whatever else decides what chunks look like: another one makes all documents new. */
  readonly version: string
}

/** A document that is cut, but not yet embedded. */
export interface Prepared {
  readonly stored: Omit<StoredDocument, 'added'>
  readonly document: Document
  readonly chunks: readonly Chunk[]
  /** Tells copies of a text. */
  readonly textHash: string
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Cuts a document and tells by its hash whether it is the one that is there: its text, its metadata, how it is cut. */
export async function prepare(
  given: Document,
  { split, version, detectLanguage }: Preparation,
  more: Metadata = {},
): Promise<Prepared> {
  const document = await withLanguage(given, detectLanguage)
  const chunks = await split(document)
  const metadata = { ...metadataOf(document), ...more }
  const { id, text, title } = document
  const spans = chunks.map(({ start, end, headings, page, parent }) => [
    start,
    end,
    headings,
    page ?? null,
    parent ?? null,
  ])
  const textHash = sha256(text)
  // A file that was touched is the same file.
  const { modified: _modified, ...lasting } = metadata
  const hash = sha256(JSON.stringify([textHash, title ?? null, sorted(lasting), spans, version]))
  const stored = { id, hash, chunks: chunks.length, metadata, ...(title === undefined ? {} : { title }) }
  return { stored, document, chunks, textHash }
}

/** A document's metadata, with what it says about itself. */
function metadataOf({ metadata, mediaType, language, created, modified }: Document): Metadata {
  const own = { mediaType, language, created, modified }
  const said = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...metadata, ...Object.fromEntries(said) }
}

const sorted = (metadata: Metadata): readonly (readonly [string, Json])[] =>
  Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))

/** The chunks of a document as stores keep them. */
export async function storedChunks(
  { document, chunks, stored }: Prepared,
  header: ChunkHeader,
  signal: AbortSignal | undefined,
): Promise<StoredChunk[]> {
  const { metadata, title } = stored
  const parents = new Set(chunks.map(({ parent }) => parent))
  const ids: string[] = []
  const result: StoredChunk[] = []
  for (const [index, { parent, ...chunk }] of chunks.entries()) {
    const isParent = parents.has(index)
    const words = isParent ? undefined : await header(document, chunk, signal ? { signal } : {})
    const hash = sha256(words ? `${words}\n${chunk.text}` : chunk.text)
    const id = sha256(JSON.stringify([document.id, index, hash])).slice(0, 32)
    ids.push(id)
    result.push({
      ...chunk,
      id,
      documentId: document.id,
      index,
      hash,
      metadata,
      ...(words ? { header: words } : {}),
      ...(parent === undefined ? {} : { parentId: ids[parent] as string }),
      ...(isParent ? { isParent } : {}),
      ...(title === undefined ? {} : { title }),
    })
  }
  return result
}

/** What is embedded of a chunk: what search by words reads as well. */
export const embeddedText = ({ header, text }: StoredChunk): string => (header ? `${header}\n${text}` : text)
