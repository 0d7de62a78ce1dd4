import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import { AnyModelError } from '../errors.ts'
import { isPublicAddress } from './public-address.ts'
import { type HttpReply, send } from './send.ts'

export interface DownloadOptions {
  /** Most bytes a file may have. Default 50 MB. */
  readonly maxBytes?: number
  /** Also fetch from private and loopback addresses. Default false: a URL that someone else wrote must not reach your own network. */
  readonly allowPrivate?: boolean
}

export interface Downloaded {
  readonly bytes: Uint8Array
  /** Of the `content-type` header, without parameters. */
  readonly mediaType: string | undefined
  /** After redirects. */
  readonly url: URL
  /** Of the last reply, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

const refused = (host: string): AnyModelError =>
  new AnyModelError(
    'invalid-argument',
    `${host} is not a public address: it is not fetched. Pass the file's bytes, or set downloads: { allowPrivate: true } if you trust the URL.`,
  )

/** Resolves like the system, but only to public addresses; the connection is made to the address that was checked. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const bad = addresses.find(({ address }) => !isPublicAddress(address))
    if (bad || !addresses[0]) return callback(refused(hostname), '', 0)
    if (options.all) callback(null, addresses)
    else callback(null, addresses[0].address, addresses[0].family)
  })
}

let guarded: Promise<Dispatcher> | undefined

const guardedAgent = (): Promise<Dispatcher> => {
  guarded ??= import('undici').then(
    ({ Agent }) =>
      new Agent({ connect: { lookup: publicLookup, timeout: 10_000 }, headersTimeout: 30_000, bodyTimeout: 30_000 }),
  )
  return guarded
}

const maxRedirects = 5

/** Fetches a file: http and https only, no credentials, redirects checked like the first address, size bounded. */
export async function download(
  url: URL,
  { maxBytes = 50_000_000, allowPrivate = false }: DownloadOptions = {},
  signal?: AbortSignal,
): Promise<Downloaded> {
  const limit = AbortSignal.timeout(60_000)
  const both = signal ? AbortSignal.any([signal, limit]) : limit
  let at = url
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const reply = await request(at, allowPrivate, both)
    const { location } = reply.headers
    if (reply.status >= 300 && reply.status < 400 && location !== undefined && URL.canParse(location, at)) {
      reply.body.finish()
      at = new URL(location, at)
      continue
    }
    if (reply.status !== 200) {
      reply.body.close()
      throw new AnyModelError(
        'invalid-argument',
        `${shown(at)} answered with status ${reply.status}: the file can't be fetched.`,
        { status: reply.status },
      )
    }
    return {
      bytes: await bounded(reply, at, maxBytes),
      mediaType: reply.headers['content-type']?.split(';')[0]?.trim().toLowerCase(),
      url: at,
      headers: reply.headers,
    }
  }
  throw new AnyModelError('invalid-argument', `${shown(url)} redirects more than ${maxRedirects} times.`)
}

async function request(url: URL, allowPrivate: boolean, signal: AbortSignal): Promise<HttpReply> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AnyModelError(
      'invalid-argument',
      `"${url.protocol}" URLs are not fetched: use https, or pass the file's bytes.`,
    )
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(host) && !isPublicAddress(host)) throw refused(host)
  const transport = allowPrivate ? {} : { dispatcher: await guardedAgent() }
  const clean = new URL(url)
  clean.username = ''
  clean.password = ''
  try {
    return await send({ method: 'GET', url: clean.href, headers: { accept: '*/*' }, signal }, transport).reply
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause
    throw cause instanceof AnyModelError ? cause : error
  }
}

async function bounded(reply: HttpReply, url: URL, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new AnyModelError(
      'invalid-argument',
      `${shown(url)} is larger than ${maxBytes} bytes. Raise downloads: { maxBytes } or pass a smaller file.`,
    )
  if (Number(reply.headers['content-length']) > maxBytes) {
    reply.body.close()
    throw tooLarge()
  }
  const bytes = await reply.body.bytes(maxBytes + 1)
  if (bytes.byteLength > maxBytes) throw tooLarge()
  return bytes
}

/** Query strings often carry signatures. */
const shown = (url: URL): string => url.origin + url.pathname
