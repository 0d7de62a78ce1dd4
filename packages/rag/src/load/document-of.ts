import type { Document } from '../contract.ts'
import type { Source } from './loader.ts'

/** What a loader found out about a document; `undefined` is nothing. */
type Found = { readonly [key in keyof Omit<Document, 'id' | 'mediaType'>]?: Document[key] | undefined } & {
  readonly text: string
}

/** The document of a source, without what is not known. */
export function documentOf(
  source: Source,
  mediaType: string,
  { modified = source.modified, ...found }: Found,
): Document {
  const metadata = { ...source.metadata, ...found.metadata }
  const known = Object.entries({
    ...found,
    title: plain(found.title),
    language: plain(found.language),
    modified,
  }).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
  return {
    id: source.id,
    mediaType,
    ...(Object.fromEntries(known) as Omit<Found, 'metadata'>),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  } as Document
}

/** Titles may be anything: one line, not too long, or none. */
const plain = (text: string | undefined): string | undefined =>
  text?.replace(/\s+/g, ' ').trim().slice(0, 500) || undefined

/** A date that someone wrote, as ISO 8601; `undefined` where it is none. */
export function isoDate(date: string | number | Date | undefined): string | undefined {
  if (date === undefined || date === '') return undefined
  const time = new Date(date)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
