import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import type { Document } from '../contract.ts'
import type { FindOptions } from '../load/find-files.ts'
import { loadFiles } from '../load/load-file.ts'
import type { LoadOptions } from '../load/loader.ts'
import type { Incoming } from './add-documents.ts'

/** What can be added: a folder, a path, a pattern such as `docs/**\/*.{md,pdf}`, several of them, or documents that you have. */
export type AddSource = string | readonly string[] | Document | readonly Document[] | AsyncIterable<Document>

/** Documents on their way in, and what is known about where they come from. */
export interface Opened {
  readonly incoming: AsyncIterable<Incoming>
  /** Names the place that was searched: what came from it and is no longer there can be told. Absent for documents that were handed over. */
  readonly origin?: string
  /** Where it is known. */
  readonly total?: number
}

export function openSource(source: AddSource, options: LoadOptions & FindOptions): Opened {
  if (typeof source === 'string') return fromFiles([source], options)
  if (Array.isArray(source)) {
    const all = source as readonly (string | Document)[]
    if (all.length > 0 && all.every((each) => typeof each === 'string')) return fromFiles(all as string[], options)
    return { incoming: given(all), total: all.length }
  }
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source)
    return { incoming: given(source) }
  return { incoming: given([source as Document]), total: 1 }
}

function fromFiles(patterns: readonly string[], options: LoadOptions & FindOptions): Opened {
  // A place of the disk, and no text that would show it.
  const place = JSON.stringify([resolve(options.cwd ?? '.'), [...patterns].sort(), options.exclude ?? []])
  const origin = createHash('sha256').update(place).digest('hex').slice(0, 16)
  return { incoming: files(patterns, options), origin }
}

async function* files(patterns: readonly string[], options: LoadOptions & FindOptions): AsyncGenerator<Incoming> {
  for await (const { path, documents, error } of loadFiles(patterns, options)) {
    if (error) yield { id: path, error }
    else for (const document of documents) yield { document }
  }
}

async function* given(documents: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Incoming> {
  for await (const document of documents) {
    if (isDocument(document)) yield { document }
    else
      throw new AnyModelError('invalid-argument', 'A document needs an id that is not empty, and a text: { id, text }.')
  }
}

const isDocument = (value: unknown): value is Document => {
  const { id, text } = (value ?? {}) as Partial<Document>
  return typeof id === 'string' && id !== '' && typeof text === 'string'
}
