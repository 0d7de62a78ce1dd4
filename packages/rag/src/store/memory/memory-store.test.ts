import { describe, expect, it } from 'vitest'
import type { StoredChunk } from '../../contract.ts'
import { memoryStore } from './memory-store.ts'

const chunk = (documentId: string, text: string, index = 0): StoredChunk => ({
  id: `${documentId}#${index}`,
  documentId,
  index,
  hash: text,
  text,
  start: 0,
  end: text.length,
  headings: [],
  metadata: {},
})

async function storeOf(texts: Record<string, string>) {
  const store = memoryStore()
  for (const [id, text] of Object.entries(texts)) await put(store, id, text)
  return store
}

const put = (store: ReturnType<typeof memoryStore>, id: string, text: string) =>
  store.put({ id, hash: text, chunks: 1, metadata: {}, added: '2026-01-01T00:00:00Z' }, [chunk(id, text)], [undefined])

describe('memoryStore', () => {
  it('scores as the formula of BM25 says', async () => {
    const store = await storeOf({ a: 'wing wing flow', b: 'wing', c: 'heat of a flow in air' })
    const found = await store.searchText('wing', { limit: 10 })
    // 3 documents, 2 of them with the word; 10 / 3 words on average.
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    const score = (times: number, length: number) =>
      (idf * times * 2.2) / (times + 1.2 * (0.25 + (0.75 * length) / (10 / 3)))
    expect(found.map(({ chunk, score }) => [chunk.documentId, score])).toEqual([
      ['a', expect.closeTo(score(2, 3), 12)],
      ['b', expect.closeTo(score(1, 1), 12)],
    ])
  })

  it('scores after many replacements as if the last documents were the only ones', async () => {
    const store = await storeOf({})
    for (let round = 0; round < 2500; round++) await put(store, `d${round % 5}`, `old ${'word '.repeat(round % 7)}`)
    const last = { d0: 'wing flow', d1: 'flow of heat', d2: 'wing', d3: 'air', d4: 'old air' }
    for (const [id, text] of Object.entries(last)) await put(store, id, text)
    const fresh = await storeOf(last)
    for (const query of ['wing', 'old', 'flow air', 'word']) {
      const [one, other] = [await store.searchText(query, { limit: 9 }), await fresh.searchText(query, { limit: 9 })]
      const scores = (found: typeof one) => new Map(found.map(({ chunk, score }) => [chunk.id, score]))
      expect(scores(one)).toEqual(scores(other))
    }
  })
})
