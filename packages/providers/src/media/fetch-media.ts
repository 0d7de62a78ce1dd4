import { AnyModelError, isAnyModelError } from '@anymodel/core'
import { type DownloadOptions, download } from '@anymodel/core/http'
import type { Endpoint } from '../endpoint.ts'
import { bodyLimit } from '../reply-text.ts'
import { sendAsk } from './send-ask.ts'
import type { Media } from './steps.ts'

/** Bytes with what the service said of their type. */
export interface Fetched {
  readonly data: Uint8Array
  readonly mediaType: string | undefined
}

export interface MediaSettings {
  /** How files are fetched that a service gives as links. Default: up to 256 MB, and not from private addresses unless the service itself is at that very address. */
  readonly downloads?: DownloadOptions | undefined
  /** Hosts besides the endpoint's own that get its credentials. */
  readonly hosts?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** The bytes of what a service gave: now, since its links expire. */
export async function fetchMedia(endpoint: Endpoint, media: Media, settings: MediaSettings): Promise<Fetched> {
  if ('bytes' in media) return { data: within(media.bytes, settings), mediaType: media.mediaType }
  if (typeof ('base64' in media ? media.base64 : media.url) !== 'string')
    throw new AnyModelError('malformed', 'The service gave a file that is neither a link nor base64.')
  if ('base64' in media) return { data: within(decoded(media.base64), settings), mediaType: media.mediaType }
  const inline = /^data:([^;,]*);base64,/i.exec(media.url)
  if (inline) {
    const data = decoded(media.url.slice(inline[0].length))
    return { data: within(data, settings), mediaType: inline[1] || media.mediaType }
  }
  const { data, mediaType } = media.authorized
    ? await fetchAuthorized(endpoint, media.url, settings)
    : await fetchPublic(endpoint, media.url, settings)
  return { data, mediaType: mediaType ?? media.mediaType }
}

function decoded(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  // What is no base64 is passed over: then there are far fewer bytes than the text has room for.
  if (bytes.length > 0 && bytes.length >= (base64.replace(/[\s=]/g, '').length >> 2) * 3) return bytes
  throw new AnyModelError('malformed', 'The service gave a file that is empty or not base64.')
}

/** These very bytes. Throws `invalid-argument` for more than may be. */
function within(bytes: Uint8Array, { downloads: { maxBytes = bodyLimit } = {} }: MediaSettings): Uint8Array {
  if (bytes.byteLength <= maxBytes) return bytes
  const message = `The service gave a file of more than ${maxBytes} bytes. Raise downloads: { maxBytes }, or ask for a smaller one.`
  throw new AnyModelError('invalid-argument', message)
}

async function fetchPublic(endpoint: Endpoint, url: string, { downloads, signal }: MediaSettings): Promise<Fetched> {
  if (!URL.canParse(url)) throw new AnyModelError('malformed', 'The service gave a link that is no URL.')
  const at = new URL(url)
  const ours = at.origin === new URL(endpoint.baseURL).origin
  const options = { maxBytes: bodyLimit, ...(ours && { allowPrivate: true }), ...downloads }
  try {
    const { bytes, mediaType } = await download(at, options, signal)
    return { data: bytes, mediaType }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isAnyModelError(error) && error.status !== undefined) throw expired(at, error.status)
    throw error
  }
}

const expired = ({ host }: URL, status: number): AnyModelError =>
  new AnyModelError(
    status === 404 || status === 403 || status === 410 ? 'not-found' : 'server',
    `The file that the service made can't be fetched from ${host} (status ${status}): its link may have expired. Ask again.`,
    { status, retryable: false },
  )

const mostRedirects = 3

/** With the service's credentials, which don't follow a redirect to another host. */
async function fetchAuthorized(endpoint: Endpoint, url: string, settings: MediaSettings): Promise<Fetched> {
  const { hosts, signal } = settings
  let at = url
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const { reply } = await sendAsk(endpoint, { path: at }, { signal }, { hosts })
    const { status, headers, body } = reply
    const { location } = headers
    if (status >= 300 && status < 400 && location !== undefined) {
      body.finish()
      const base = at.startsWith('/') ? endpoint.baseURL + at : at
      const next = new URL(location, base)
      if (next.origin !== new URL(base).origin) return fetchPublic(endpoint, next.href, settings)
      at = next.href
      continue
    }
    if (status !== 200) {
      body.close()
      throw expired(new URL(at.startsWith('/') ? endpoint.baseURL + at : at), status)
    }
    const most = settings.downloads?.maxBytes ?? bodyLimit
    const data = within(await body.bytes(most + 1), settings)
    return { data, mediaType: headers['content-type']?.split(';')[0]?.trim() }
  }
  throw new AnyModelError('malformed', `The service redirects more than ${mostRedirects} times.`)
}
