import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import type { Document } from '../contract.ts'
import type { FindOptions } from '../load/find-files.ts'
import { type LoadedFile, loadFiles } from '../load/load-file.ts'
import { loadUrl } from '../load/load-url.ts'
import type { LoadOptions } from '../load/loader.ts'
import { loadSitemap, type SitemapOptions } from '../load/sitemap.ts'
import type { Incoming } from './add-documents.ts'

/** What can be added: a folder, a path, a pattern such as `docs/**\/*.{md,pdf}`, a URL, the URL of a sitemap (`.../sitemap.xml`), several of them, or documents that you have. */
export type AddSource = string | readonly string[] | Document | readonly Document[] | AsyncIterable<Document>

/** How places are searched and what is found there is loaded. */
export type PlaceOptions = LoadOptions & FindOptions & SitemapOptions

/** Documents on their way in, and what is known about where they come from. */
export interface Opened {
  readonly incoming: AsyncIterable<Incoming>
  /** Names the place that was searched: what came from it and is no longer there can be told. Absent for documents that were handed over. */
  readonly origin?: string
  /** Where it is known. */
  readonly total?: number
}

export function openSource(source: AddSource, options: PlaceOptions): Opened {
  if (typeof source === 'string') return fromPlaces([source], options)
  if (Array.isArray(source)) {
    const all = source as readonly (string | Document)[]
    if (all.length > 0 && all.every((each) => typeof each === 'string')) return fromPlaces(all as string[], options)
    return { incoming: given(all), total: all.length }
  }
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source)
    return { incoming: given(source) }
  return { incoming: given([source as Document]), total: 1 }
}

function fromPlaces(places: readonly string[], options: PlaceOptions): Opened {
  // A place of the disk, and no text that would show it.
  const place = JSON.stringify([resolve(options.cwd ?? '.'), [...places].sort(), options.exclude ?? []])
  const origin = createHash('sha256').update(place).digest('hex').slice(0, 16)
  return { incoming: loaded(places, options), origin }
}

const isUrl = (place: string): boolean => /^https?:\/\//i.test(place)

async function* loaded(places: readonly string[], options: PlaceOptions): AsyncGenerator<Incoming> {
  const patterns = places.filter((place) => !isUrl(place))
  if (patterns.length > 0) yield* incoming(loadFiles(patterns, options))
  for (const url of places.filter(isUrl)) {
    if (/sitemap[^/]*\.xml(?:\.gz)?$/i.test(url)) yield* incoming(loadSitemap(url, options))
    else yield* incoming([await loadedUrl(url, options)])
  }
}

async function loadedUrl(url: string, options: PlaceOptions): Promise<LoadedFile> {
  try {
    return { path: url, documents: await loadUrl(url, options) }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isAnyModelError(error)) return { path: url, error }
    throw error
  }
}

async function* incoming(files: Iterable<LoadedFile> | AsyncIterable<LoadedFile>): AsyncGenerator<Incoming> {
  for await (const { path, documents, error } of files) {
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
