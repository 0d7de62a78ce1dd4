import { AnyModelError } from '@anymodel/core'
import { type DownloadOptions, download } from '@anymodel/core/http'
import type { Document } from '../contract.ts'
import { isoDate } from './document-of.ts'
import { load } from './load.ts'
import type { LoadOptions, Source } from './loader.ts'

export interface UrlOptions extends LoadOptions {
  /** Also fetches from private and loopback addresses. Default false: a URL that someone else wrote must not reach your own network. */
  readonly allowPrivate?: boolean
}

/**
 * Loads what a URL gives: a page, a PDF, any format that is loaded here. The document is named by its URL; `url` (after redirects) and `etag` join its metadata. Throws like `load`, and for addresses that are
 * not public, replies that are no file, and files of more than `maxBytes`.
 */
export async function loadUrl(url: string | URL, options: UrlOptions = {}): Promise<readonly Document[]> {
  return load(await fetchSource(url, options), options)
}

/** The bytes that a URL gives, as `load` takes them. */
export async function fetchSource(url: string | URL, { maxBytes, allowPrivate, signal }: UrlOptions): Promise<Source> {
  if (!URL.canParse(url)) throw new AnyModelError('invalid-argument', `"${String(url).slice(0, 100)}" is no URL.`)
  const limits: DownloadOptions = {
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
  }
  const asked = new URL(url)
  const { bytes, mediaType, url: final, headers } = await download(asked, limits, signal)
  const { etag } = headers
  return {
    id: plain(asked),
    bytes,
    mediaType: mediaType === 'application/octet-stream' ? undefined : mediaType,
    charset: /charset\s*=\s*"?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1],
    modified: isoDate(headers['last-modified']),
    metadata: { url: plain(final), ...(etag ? { etag: etag.slice(0, 200) } : {}) },
  }
}

/** Without credentials and fragment. */
function plain(url: URL): string {
  const clean = new URL(url)
  clean.username = ''
  clean.password = ''
  clean.hash = ''
  return clean.href
}
