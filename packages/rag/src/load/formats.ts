import { broken } from './broken.ts'
import type { Loader, Source } from './loader.ts'
import { languageOfName } from './programming-languages.ts'

/** A format that is loaded here. What loads it is imported with the first file. */
interface Format {
  readonly mediaType: string
  readonly extensions: readonly string[]
  readonly loader: () => Promise<Loader>
}

const formats: readonly Format[] = [
  {
    mediaType: 'text/markdown',
    extensions: ['md', 'markdown', 'mdx'],
    loader: async () => (await import('./markdown.ts')).loadMarkdown,
  },
  {
    mediaType: 'text/plain',
    extensions: ['txt', 'text', 'log', 'rst', 'adoc', 'tex', 'srt', 'vtt'],
    loader: async () => (await import('./text.ts')).loadText,
  },
]

const byMediaType = new Map(formats.map((format) => [format.mediaType, format]))
const byExtension = new Map(formats.flatMap((format) => format.extensions.map((extension) => [extension, format])))

const extensionOf = (name: string): string => /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''

/** The media type that a file's name shows, of those that are loaded here. */
export function mediaTypeOfName(name: string): string | undefined {
  const format = byExtension.get(extensionOf(name))
  return format?.mediaType ?? (languageOfName(name) ? 'text/plain' : undefined)
}

/** The media type of a file: what its bytes can't hide, what was declared, what its name shows, what its text looks like. */
export function mediaTypeOf({ id, bytes, mediaType }: Source): string | undefined {
  const seen = byMagic(id, bytes)
  if (seen) return seen
  const declared = mediaType?.toLowerCase()
  if (declared && byMediaType.has(declared) && declared !== 'text/plain') return declared
  return mediaTypeOfName(id) ?? byLook(bytes) ?? declared
}

/** The loader of a media type; `undefined` where there is none. */
export async function loaderOf(mediaType: string): Promise<Loader | undefined> {
  const format = byMediaType.get(mediaType) ?? (/^text\//.test(mediaType) ? byMediaType.get('text/plain') : undefined)
  return format?.loader()
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

function byMagic(id: string, bytes: Uint8Array): string | undefined {
  if (ascii(bytes, 0, 1_024).includes('%PDF-')) return 'application/pdf'
  if (ascii(bytes, 0, 8) === '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1') {
    throw broken(
      id,
      'is an Office file that is locked by a password, or one of an old format (.doc, .xls, .ppt): save it without a password as .docx, .xlsx or .pptx.',
    )
  }
  return undefined
}

function byLook(bytes: Uint8Array): string | undefined {
  const head = ascii(bytes, 0, 1_024).trimStart()
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html[\s>])/i.test(head)) return 'text/html'
  return /\0/.test(head) ? undefined : 'text/plain'
}
