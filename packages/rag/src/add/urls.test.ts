import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { knowledge } from '../knowledge.ts'
import { memoryStore } from '../store/memory/memory-store.ts'

const pages: Record<string, string> = {
  '/a.html': '<html><title>Boats</title><body><main><p>Boats float on water.</p></main></body></html>',
  '/b.html': '<html><title>Bridges</title><body><main><p>Bridges span rivers.</p></main></body></html>',
}
let server: Server
let url: string
let listed = ['/a.html', '/b.html', '/gone.html']
beforeAll(async () => {
  server = createServer(({ url: path = '' }, response) => {
    const sitemap = `<urlset>${listed.map((each) => `<url><loc>${url}${each}</loc></url>`).join('')}</urlset>`
    const body = path === '/sitemap.xml' ? sitemap : pages[path]
    response.writeHead(body ? 200 : 404, { 'content-type': path.endsWith('.xml') ? 'application/xml' : 'text/html' })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

test('a sitemap is followed: pages that it no longer lists go, one that fails is reported', async () => {
  const kb = await knowledge({ store: memoryStore(), load: { allowPrivate: true } })
  const first = await kb.add(`${url}/sitemap.xml`)
  expect(first).toMatchObject({ added: 2, failed: [{ id: `${url}/gone.html` }] })
  listed = ['/a.html']
  expect(await kb.add(`${url}/sitemap.xml`)).toMatchObject({ unchanged: 1, removed: 1, failed: [] })
  expect((await kb.search('boats'))[0]?.chunk.documentId).toBe(`${url}/a.html`)
})

test('a page is added by its URL, and none of an address that is not public unless it is allowed', async () => {
  const kb = await knowledge({ store: memoryStore(), load: { allowPrivate: true } })
  expect(await kb.add([`${url}/a.html`, `${url}/gone.html`])).toMatchObject({
    added: 1,
    failed: [{ id: `${url}/gone.html` }],
  })
  const careful = await knowledge({ store: memoryStore() })
  expect(await careful.add(`${url}/a.html`)).toMatchObject({ added: 0, failed: [{ id: `${url}/a.html` }] })
})
