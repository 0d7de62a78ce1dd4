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
  {
    mediaType: 'text/html',
    extensions: ['html', 'htm', 'xhtml'],
    loader: async () => (await import('./html.ts')).loadHtml,
  },
  {
    mediaType: 'application/pdf',
    extensions: ['pdf'],
    loader: async () => (await import('./pdf.ts')).loadPdf,
  },
  {
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    extensions: ['docx'],
    loader: async () => (await import('./archives.ts')).loadDocx,
  },
  {
    mediaType: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    extensions: ['pptx'],
    loader: async () => (await import('./archives.ts')).loadPptx,
  },
  {
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extensions: ['xlsx'],
    loader: async () => (await import('./archives.ts')).loadXlsx,
  },
  {
    mediaType: 'text/csv',
    extensions: ['csv', 'tsv'],
    loader: async () => (await import('./csv.ts')).loadCsv,
  },
  {
    mediaType: 'application/json',
    extensions: ['json'],
    loader: async () => (await import('./json.ts')).loadJson,
  },
  {
    mediaType: 'application/jsonl',
    extensions: ['jsonl', 'ndjson'],
    loader: async () => (await import('./json.ts')).loadJsonLines,
  },
  {
    mediaType: 'application/epub+zip',
    extensions: ['epub'],
    loader: async () => (await import('./archives.ts')).loadEpub,
  },
  {
    mediaType: 'message/rfc822',
    extensions: ['eml'],
    loader: async () => (await import('./email.ts')).loadEmail,
  },
]

/** Other names of the same formats. */
const aliases: Readonly<Record<string, string>> = {
  'application/xhtml+xml': 'text/html',
  'application/csv': 'text/csv',
  'text/tab-separated-values': 'text/csv',
  'application/x-ndjson': 'application/jsonl',
  'application/x-jsonlines': 'application/jsonl',
  'text/json': 'application/json',
  'text/x-markdown': 'text/markdown',
}

const byMediaType = new Map(formats.map((format) => [format.mediaType, format]))
const byExtension = new Map(formats.flatMap((format) => format.extensions.map((extension) => [extension, format])))

const extensionOf = (name: string): string => /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''

/** The media type that a file's name shows, of those that are loaded here. */
export function mediaTypeOfName(name: string): string | undefined {
  const format = byExtension.get(extensionOf(name))
  return format?.mediaType ?? (languageOfName(name) ? 'text/plain' : undefined)
}

/** The media type of a file: what its bytes can't hide, what was declared, what its name shows, what its text looks like. */
export async function mediaTypeOf(source: Source): Promise<string | undefined> {
  const { id, bytes, mediaType } = source
  const declared = mediaType?.toLowerCase()
  const known = declared && (aliases[declared] ?? declared)
  const fits = known && byMediaType.has(known) && known !== 'text/plain' ? known : undefined
  const other = known && !/^(?:text\/|application\/octet-stream)/.test(known) ? known : undefined
  return (await byMagic(source)) ?? fits ?? mediaTypeOfName(id) ?? other ?? byLook(bytes)
}

/** The loader of a media type; `undefined` where there is none. */
export async function loaderOf(mediaType: string): Promise<Loader | undefined> {
  const format = byMediaType.get(mediaType) ?? (/^text\//.test(mediaType) ? byMediaType.get('text/plain') : undefined)
  return format?.loader()
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

/** What is an archive shows by the paths in it. */
const inArchives: readonly (readonly [path: RegExp, extension: string])[] = [
  [/^word\/document\d*\.xml$/, 'docx'],
  [/^ppt\/presentation\.xml$/, 'pptx'],
  [/^xl\/workbook\.xml$/, 'xlsx'],
  [/^META-INF\/container\.xml$/, 'epub'],
]

async function byMagic({ id, bytes }: Source): Promise<string | undefined> {
  const named = byExtension.get(extensionOf(id))?.mediaType
  if (ascii(bytes, 0, 5) === '%PDF-') return 'application/pdf'
  if (named === 'application/pdf' && ascii(bytes, 0, 1_024).includes('%PDF-')) return named
  if (ascii(bytes, 0, 8) === '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1') {
    throw broken(
      id,
      'is an Office file that is locked by a password, or one of an old format (.doc, .xls, .ppt): save it without a password as .docx, .xlsx or .pptx.',
    )
  }
  if (ascii(bytes, 0, 4) !== 'PK\x03\x04') return undefined
  const { entryNames } = await import('./zip.ts')
  const names = await entryNames(id, bytes)
  const extension = inArchives.find(([path]) => names.some((name) => path.test(name)))?.[1]
  return extension ? byExtension.get(extension)?.mediaType : 'application/zip'
}

function byLook(bytes: Uint8Array): string | undefined {
  const head = ascii(bytes, 0, 1_024).trimStart()
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html[\s>])/i.test(head)) return 'text/html'
  const marked = /^(?:\xff\xfe|\xfe\xff)/.test(head)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
  return !marked && /[\0-\x08\x0e-\x1a]/.test(head) ? undefined : 'text/plain'
}
