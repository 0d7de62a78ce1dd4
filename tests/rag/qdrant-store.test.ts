import { qdrantStore, type StoredChunk } from '@anymodel/rag'
import { testStore } from '@anymodel/rag/testing'
import { QdrantClient } from '@qdrant/js-client-rest'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { qdrantServer } from './qdrant-server.ts'

const apiKey = 'key-of-a-test'
let server: Awaited<ReturnType<typeof qdrantServer>>
let collections = 0

beforeAll(async () => {
  server = await qdrantServer(apiKey)
})
afterAll(() => server?.close())

const chunk = (documentId: string, index: number, text: string): StoredChunk => ({
  id: `${documentId}#${index}`,
  documentId,
  index,
  hash: text,
  text,
  start: 0,
  end: text.length,
  headings: [],
  metadata: { language: 'en' },
})

const embedded = { model: 'test/vectors', dimensions: 4 }
const document = (id: string, chunks: number) => ({ id, hash: id, chunks, metadata: {}, added: '2026-01-01T00:00:00Z' })

async function filled(collection: string) {
  const store = qdrantStore({ url: server.url, apiKey, collection })
  await store.open()
  await store.put(
    document('a', 2),
    [chunk('a', 0, 'wing flutter'), chunk('a', 1, 'heat')],
    [Float32Array.of(1, 0, 0, 0), Float32Array.of(0, 2, 0, 0)],
    embedded,
  )
  return store
}

testStore({
  describe,
  test: (name, body) => test(name, body, 60_000),
  name: 'qdrantStore on a server after its REST interface',
  make() {
    const collection = `kb-${collections++}`
    return { store: () => qdrantStore({ url: server.url, apiKey, collection }) }
  },
})

describe('qdrantStore', () => {
  it("what it wrote, Qdrant's own client reads, by the same names", async () => {
    const store = await filled('client')
    // It warns of keys over plain HTTP.
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const client = new QdrantClient({ url: server.url, apiKey, checkCompatibility: false })
    const [nearest] = (
      await client.query('client', { query: [0, 1, 0, 0], using: 'meaning', limit: 1, with_payload: true })
    ).points
    const [found] = await store.searchVector(Float32Array.of(0, 1, 0, 0), { limit: 1 })
    expect(nearest?.payload).toMatchObject({ kind: 'chunk', document: 'a', id: found?.chunk.id, place: 1 })
    expect(nearest?.score).toBeCloseTo(found?.score ?? 0, 6)
    const filter = { must: [{ key: 'kind', match: { value: 'chunk' } }] }
    expect((await client.count('client', { filter, exact: true })).count).toBe(2)
    expect(
      (await client.scroll('client', { filter, limit: 9 })).points.map(({ payload }) => payload?.place).sort(),
    ).toEqual([0, 1])
    expect((await client.getCollection('client')).config.params.vectors).toEqual({
      meaning: { size: 4, distance: 'Cosine' },
    })
  })

  it('passes over chunks of a writing that was never finished', async () => {
    const store = await filled('unfinished')
    const points = server.points('unfinished')
    for (const [id, point] of [...points])
      if (point.payload.kind === 'chunk') {
        const other = `00000000${id.slice(8)}`
        points.set(other, { ...point, id: other, payload: { ...point.payload, put: 'of a writer that died' } })
      }
    expect(await store.searchText('wing heat', { limit: 2 })).toHaveLength(2)
    expect(await store.searchVector(Float32Array.of(1, 1, 0, 0), { limit: 2 })).toHaveLength(2)
    expect(await store.range('a', 0, 9)).toHaveLength(2)
  })

  it('says what is wrong with the key, the address or what answers there', async () => {
    const refused = (options: object) => qdrantStore({ url: server.url, ...options }).open()
    await expect(refused({})).rejects.toMatchObject({ code: 'auth', message: expect.stringContaining('apiKey') })
    await expect(refused({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'network' })
    const html = async () => new Response('<html>', { status: 200 })
    await expect(refused({ fetch: html })).rejects.toMatchObject({ code: 'malformed' })
    const failing = async () => new Response('{"status":{"error":"Service internal error"}}', { status: 500 })
    await expect(refused({ fetch: failing })).rejects.toMatchObject({ code: 'server', retryable: true })
    const silent = (_: unknown, { signal }: RequestInit) =>
      new Promise<Response>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    await expect(refused({ fetch: silent, timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
  })

  it('an abort ends the request under way', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    let asked = 0
    const fetch = (url: string | URL | Request, init: RequestInit = {}) => {
      if (!String(url).endsWith('/points/query')) return globalThis.fetch(url, init)
      asked++
      controller.abort(reason)
      return new Promise<Response>((_, reject) => {
        if (init.signal?.aborted) reject(init.signal.reason)
      })
    }
    await filled('aborted')
    const store = qdrantStore({ url: server.url, apiKey, collection: 'aborted', fetch })
    await expect(store.searchText('wing', { limit: 1, signal: controller.signal })).rejects.toBe(reason)
    expect(asked).toBe(1)
  })
})
