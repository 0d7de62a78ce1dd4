import type { FileContent } from '../contract/message.ts'
import type { TextSupport } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import type { DownloadOptions } from '../http/download.ts'
import { mediaTypeMatches } from './fit.ts'
import { mediaTypeOf, mediaTypeOfName } from './media-type.ts'
import type { FileInput } from './options.ts'

/** What reading a file needs to know about the call. */
export interface FileContext {
  readonly supports: TextSupport
  readonly downloads?: DownloadOptions | undefined
  readonly signal?: AbortSignal | undefined
}

/** A user's file as message content: bytes in base64 with their media type, or the URL where the service fetches it itself. */
export async function toFile(file: FileInput, context: FileContext): Promise<FileContent> {
  const { data } = file
  if (data instanceof Uint8Array) return fromBytes(file, data)
  if (data instanceof ArrayBuffer) return fromBytes(file, new Uint8Array(data))
  const text = String(data)
  if (text.startsWith('data:')) return fromDataUrl(file, text)
  if (data instanceof URL || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return fromUrl(file, text, context)
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text.replace(/\s/g, ''))) {
    throw wrong(
      'A file is given as bytes, as a URL, as a data URL or as base64 text; this text is none of them. To send a local file, read its bytes first.',
    )
  }
  return fromBytes(file, Buffer.from(text, 'base64'))
}

const wrong = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)

const rest = ({ name, cache }: FileInput) => ({ ...(name === undefined ? {} : { name }), ...(cache ? { cache } : {}) })

function fromBytes(file: FileInput, bytes: Uint8Array, declared?: string): FileContent {
  if (bytes.byteLength === 0) throw wrong(`The file${file.name ? ` ${file.name}` : ''} is empty.`)
  const mediaType =
    file.mediaType ?? declared ?? (file.name ? mediaTypeOfName(file.name) : undefined) ?? mediaTypeOf(bytes)
  if (!mediaType) throw wrong("The file's media type can't be told from its bytes: give mediaType.")
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return { type: 'file', mediaType, data, ...rest(file) }
}

function fromDataUrl(file: FileInput, url: string): FileContent {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),(.*)$/s.exec(url)
  if (!match) throw wrong('The data URL is damaged: it must look like data:image/png;base64,....')
  const [, mediaType, parameters, body] = match as unknown as [string, string, string, string]
  const bytes = /;base64$/i.test(parameters)
    ? Buffer.from(body, 'base64')
    : Buffer.from(decodeURIComponent(body), 'utf8')
  return fromBytes(file, bytes, mediaType || 'text/plain')
}

async function fromUrl(
  file: FileInput,
  text: string,
  { supports, downloads, signal }: FileContext,
): Promise<FileContent> {
  if (!URL.canParse(text)) throw wrong(`"${text.slice(0, 100)}" is not a URL.`)
  const url = new URL(text)
  const guess = file.mediaType ?? mediaTypeOfName(url.pathname)
  if (guess && (supports.fileUrls ?? []).some((pattern) => mediaTypeMatches(pattern, guess))) {
    return { type: 'file', mediaType: guess, url: url.href, ...rest(file) }
  }
  const { download } = await import('../http/download.ts')
  const { bytes, mediaType } = await download(url, downloads, signal)
  const declared = mediaType === 'application/octet-stream' ? undefined : mediaType
  const { mediaType: given, ...unnamed } = file
  return fromBytes(
    { ...unnamed, ...(given ? { mediaType: given } : {}) },
    bytes,
    mediaTypeOf(bytes)?.startsWith('text/') ? declared : (mediaTypeOf(bytes) ?? declared),
  )
}
