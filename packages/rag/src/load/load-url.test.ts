import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadUrl } from './load-url.ts'
import { loadSitemap, type SitemapOptions } from './sitemap.ts'

let server: http.Server
let base = ''

const replies: Readonly<Record<string, () => [type: string, body: string | Buffer, headers?: Record<string, string>]>> =
  {
    '/page': () => [
      'text/html; charset=windows-1251',
      Buffer.concat([Buffer.from('<title>T</title><p>'), Buffer.from([0xea, 0xee, 0xf2])]),
      { etag: '"v1"', 'last-modified': 'Fri, 02 Feb 2024 10:00:00 GMT' },
    ],
    '/note.md': () => ['text/plain', '# Note'],
    '/sitemap.xml': () => [
      'application/xml',
      `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>${base}/pages.xml.gz</loc></sitemap><sitemap><loc>${base}/sitemap.xml</loc></sitemap><sitemap><loc>http://127.0.0.1:1/other.xml</loc></sitemap></sitemapindex>`,
    ],
    '/pages.xml.gz': () => [
      'application/gzip',
      gzipSync(
        `<urlset><url><loc>${base}/page</loc></url><url><loc>${base}/note.md</loc><lastmod>2024-03-04</lastmod></url><url><loc>${base}/gone</loc></url><url><loc>${base}/page</loc></url><url><loc>http://127.0.0.1:1/x</loc></url></urlset>`,
      ),
    ],
    '/bomb.xml': () => ['application/gzip', gzipSync(Buffer.alloc(60_000_000))],
  }

beforeAll(async () => {
  server = http.createServer((req, res) => {
    const reply = replies[req.url ?? '']?.()
    if (req.url === '/moved') res.writeHead(302, { location: '/page' }).end()
    else if (reply) res.writeHead(200, { 'content-type': reply[0], ...reply[2] }).end(reply[1])
    else res.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('loading from URLs', () => {
  it('reads a page in the encoding of its header and keeps where it comes from', async () => {
    expect(await loadUrl(`${base}/moved#part`, { allowPrivate: true })).toEqual([
      {
        id: `${base}/moved`,
        mediaType: 'text/html',
        text: 'кот',
        title: 'T',
        modified: '2024-02-02T10:00:00.000Z',
        metadata: { url: `${base}/page`, etag: '"v1"' },
      },
    ])
  })

  it('tells the format by the name where the service does not', async () => {
    const [note] = await loadUrl(`${base}/note.md`, { allowPrivate: true })
    expect(note).toMatchObject({ mediaType: 'text/markdown', title: 'Note' })
  })

  it('reaches no private address unless allowed, and no file that is too large', async () => {
    await expect(loadUrl(`${base}/page`)).rejects.toThrow(/not a public address/)
    await expect(loadUrl('file:///etc/passwd')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(loadUrl('nothing')).rejects.toThrow(/is no URL/)
    await expect(loadUrl(`${base}/page`, { allowPrivate: true, maxBytes: 3 })).rejects.toThrow(/larger than 3 bytes/)
    await expect(loadUrl(`${base}/gone`, { allowPrivate: true })).rejects.toThrow(/404/)
  })
})

describe('loading a sitemap', () => {
  const pages = async (path: string, options: SitemapOptions = {}) => {
    const found: unknown[] = []
    for await (const { path: url, documents, error } of loadSitemap(base + path, { allowPrivate: true, ...options })) {
      found.push([url.slice(base.length), documents?.[0]?.modified ?? error?.code])
    }
    return found
  }

  it('gives the pages of its host once, through an index and gzip, and goes on after one that is gone', async () => {
    expect(await pages('/sitemap.xml')).toEqual([
      ['/page', '2024-02-02T10:00:00.000Z'],
      ['/note.md', '2024-03-04T00:00:00.000Z'],
      ['/gone', 'invalid-argument'],
    ])
  })

  it('gives as many as are wanted', async () => {
    expect(await pages('/sitemap.xml', { maxPages: 1 })).toHaveLength(1)
    expect(await pages('/sitemap.xml', { include: ({ pathname }) => pathname.endsWith('.md') })).toHaveLength(1)
  })

  it('refuses what is no sitemap or unpacks to too much', async () => {
    await expect(pages('/page')).rejects.toThrow(/is no sitemap/)
    await expect(pages('/bomb.xml')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(pages('/gone')).rejects.toMatchObject({ status: 404 })
  })

  it('ends with the reason of an abort', async () => {
    const reason = new Error('enough')
    await expect(pages('/sitemap.xml', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
