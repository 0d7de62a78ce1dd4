import type { MediaInput } from '../contract/image.ts'
import type { FileContent } from '../contract/message.ts'
import type { TextSupport } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import type { DownloadOptions } from '../http/download.ts'
import { mediaTypeMatches } from './fit.ts'
import { mediaTypeOf, mediaTypeOfName } from './media-type.ts'
import type { FileInput } from './options.ts'

/** How files are fetched. */
interface Fetching {
  readonly downloads?: DownloadOptions | undefined
  readonly signal?: AbortSignal | undefined
}

/** What reading a file needs to know about the call. */
export interface FileContext extends Fetching {
  readonly supports: TextSupport
}

/** A user's file as message content: bytes in base64 with their media type, or the URL where the service fetches it itself. */
export async function toFile(file: FileInput, context: FileContext): Promise<FileContent> {
  const url = passedOn(file, context.supports)
  if (url) return { type: 'file', ...url, ...rest(file) }
  const { mediaType, data } = await readMedia(file, context)
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
  return { type: 'file', mediaType, data: base64, ...rest(file) }
}

/** The bytes of a user's file with their media type. Throws `invalid-argument` for what is no file, and for addresses that must not be fetched. */
export async function readMedia(file: MediaSource, fetching: Fetching): Promise<MediaInput> {
  const { data } = file
  if (data instanceof Uint8Array) return toMedia(file, data)
  if (data instanceof ArrayBuffer) return toMedia(file, new Uint8Array(data))
  const text = String(data)
  if (text.startsWith('data:')) return fromDataUrl(file, text)
  if (isUrl(file.data)) return fromUrl(file, text, fetching)
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text.replace(/\s/g, ''))) {
    throw wrong(
      'A file is given as bytes, as a URL, as a data URL or as base64 text; this text is none of them. To send a local file, read its bytes first.',
    )
  }
  return toMedia(file, Buffer.from(text, 'base64'))
}

/** What is read of a file. */
export type MediaSource = Pick<FileInput, 'data' | 'mediaType' | 'name'>

const isUrl = (data: unknown): boolean => data instanceof URL || /^[a-z][a-z0-9+.-]*:\/\//i.test(String(data))

/** The URL of a file that the service fetches itself. */
function passedOn({ data, mediaType }: FileInput, { fileUrls = [] }: TextSupport) {
  if (data instanceof Uint8Array || data instanceof ArrayBuffer || !isUrl(data) || !URL.canParse(String(data)))
    return undefined
  const url = new URL(String(data))
  const guess = mediaType ?? mediaTypeOfName(url.pathname)
  return guess && fileUrls.some((pattern) => mediaTypeMatches(pattern, guess))
    ? { mediaType: guess, url: url.href }
    : undefined
}

const wrong = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)

const rest = ({ name, cache }: FileInput) => ({ ...(name === undefined ? {} : { name }), ...(cache ? { cache } : {}) })

function toMedia(file: MediaSource, data: Uint8Array, declared?: string): MediaInput {
  if (data.byteLength === 0) throw wrong(`The file${file.name ? ` ${file.name}` : ''} is empty.`)
  const mediaType =
    file.mediaType ?? declared ?? (file.name ? mediaTypeOfName(file.name) : undefined) ?? mediaTypeOf(data)
  if (!mediaType) throw wrong("The file's media type can't be told from its bytes: give mediaType.")
  return { mediaType, data }
}

function fromDataUrl(file: MediaSource, url: string): MediaInput {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),(.*)$/s.exec(url)
  if (!match) throw wrong('The data URL is damaged: it must look like data:image/png;base64,....')
  const [, mediaType, parameters, body] = match as unknown as [string, string, string, string]
  const bytes = /;base64$/i.test(parameters)
    ? Buffer.from(body, 'base64')
    : Buffer.from(decodeURIComponent(body), 'utf8')
  return toMedia(file, bytes, mediaType || 'text/plain')
}

async function fromUrl(file: MediaSource, text: string, { downloads, signal }: Fetching): Promise<MediaInput> {
  if (!URL.canParse(text)) throw wrong(`"${text.slice(0, 100)}" is not a URL.`)
  const { download } = await import('../http/download.ts')
  const { bytes, mediaType } = await download(new URL(text), downloads, signal)
  const declared = mediaType === 'application/octet-stream' ? undefined : mediaType
  const seen = mediaTypeOf(bytes)
  const { name: _name, ...unnamed } = file
  return toMedia(unnamed, bytes, seen?.startsWith('text/') ? declared : (seen ?? declared))
}
