import { gunzip } from 'node:zlib'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import { reading } from './broken.ts'
import { isoDate } from './document-of.ts'
import { load } from './load.ts'
import type { LoadedFile } from './load-file.ts'
import { fetchSource, type UrlOptions } from './load-url.ts'
import { elementsOf, parseXml, textOf } from './xml.ts'

export interface SitemapOptions extends UrlOptions {
  /** Most pages that are loaded. Default 1,000. */
  readonly maxPages?: number
  /** Says which pages are wanted. Default: all. */
  readonly include?: (url: URL) => boolean
}

/** Most sitemaps that an index may lead to. */
const maxSitemaps = 100

/**
 * Loads the pages that a sitemap lists (https://www.sitemaps.org/protocol.html), also through an index of sitemaps and packed with gzip, one after the other. Pages of other hosts are left out. A page that
 * can't be loaded is given with its error, and the others go on. Throws when the sitemap itself can't be read.
 */
export async function* loadSitemap(
  url: string | URL,
  options: SitemapOptions = {},
): AsyncGenerator<LoadedFile, void, undefined> {
  const { maxPages = 1_000, include = () => true } = options
  const seen = new Set<string>()
  for await (const { page, modified } of pagesOf(url, options)) {
    if (seen.has(page.href) || !include(page)) continue
    if (seen.size >= maxPages) return
    seen.add(page.href)
    yield await loadPage(page, modified, options)
  }
}

async function loadPage(page: URL, modified: string | undefined, options: SitemapOptions): Promise<LoadedFile> {
  try {
    const source = await fetchSource(page, options)
    const dated = source.modified ?? modified
    return { path: page.href, documents: await load({ ...source, modified: dated }, options) }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isAnyModelError(error)) return { path: page.href, error }
    throw error
  }
}

interface Listed {
  readonly page: URL
  readonly modified: string | undefined
}

async function* pagesOf(url: string | URL, options: SitemapOptions): AsyncGenerator<Listed> {
  const host = URL.canParse(url) ? new URL(url).host : ''
  const waiting = [String(url)]
  const known = new Set(waiting)
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const tree = await sitemapTree(at, options)
    for (const { page, modified } of listed(tree, 'url', at)) if (page.host === host) yield { page, modified }
    for (const { page } of listed(tree, 'sitemap', at)) {
      if (page.host !== host || known.has(page.href) || known.size >= maxSitemaps) continue
      known.add(page.href)
      waiting.push(page.href)
    }
  }
}

function* listed(tree: Awaited<ReturnType<typeof parseXml>>, name: 'url' | 'sitemap', base: string): Generator<Listed> {
  for (const element of elementsOf(tree, name)) {
    const location = textOf(element, 'loc')
    if (location && URL.canParse(location, base)) {
      yield { page: new URL(location, base), modified: isoDate(textOf(element, 'lastmod')) }
    }
  }
}

async function sitemapTree(url: string, options: SitemapOptions) {
  const { bytes } = await fetchSource(url, options)
  const xml = bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpacked(url, bytes) : bytes
  const tree = await reading(url, 'a sitemap', () => parseXml(xml))
  for (const _ of elementsOf(tree, ['urlset', 'sitemapindex'])) return tree
  throw new AnyModelError('invalid-argument', `${url} is no sitemap: it holds neither a urlset nor a sitemapindex.`)
}

/** The protocol allows 50 MB. */
const unpacked = (url: string, bytes: Uint8Array): Promise<Uint8Array> =>
  reading(
    url,
    'a sitemap packed with gzip',
    () =>
      new Promise<Uint8Array>((resolve, reject) => {
        gunzip(bytes, { maxOutputLength: 52_428_800 }, (error, xml) => (error ? reject(error) : resolve(xml)))
      }),
  )
