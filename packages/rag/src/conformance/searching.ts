import assert from 'node:assert/strict'
import { cosineSimilarity } from '@anymodel/core'
import type { Store } from '../contract.ts'
import { chance, idsOf, put, randomVector, refused, type StoreCase } from './case.ts'

/** The best first, never more than asked for, never what is not to be found. */
export const searching: readonly StoreCase[] = [
  {
    name: 'chunks with more and rarer words of the query come first',
    async run(open) {
      const store = await open()
      for (let i = 0; i < 30; i++) await put(store, `filler ${i}`, [`flow of air number ${i}`])
      await put(store, 'one', ['the supersonic speed of a body'])
      await put(store, 'two', ['supersonic flutter of a wing in air'])
      const found = await store.searchText('Supersonic FLUTTER, air?', { limit: 10 })
      assert.deepEqual(idsOf(found).slice(0, 2), ['two#0', 'one#0'])
      assert.equal(found.length, 10)
      assertOrdered(found)
    },
  },
  {
    name: 'finds words in any case, with and without accents, and in scripts without spaces',
    async run(open) {
      const store = await open()
      await put(store, 'de', ['Über die STRÖMUNG'])
      await put(store, 'fr', ['un résumé naïf'])
      await put(store, 'ru', ['Скорость Звука'])
      await put(store, 'ja', ['東京都に住んでいます'])
      for (const [query, id] of [
        ['strömung', 'de'],
        ['Stromung', 'de'],
        ['RESUME', 'fr'],
        ['скорость', 'ru'],
        ['東京', 'ja'],
      ] as const)
        assert.deepEqual(idsOf(await store.searchText(query, { limit: 5 })), [`${id}#0`], query)
    },
  },
  {
    name: 'words of a header are found, words of a parent are not',
    async run(open) {
      const store = await open()
      await put(store, 'a', [
        { text: 'secret parent', isParent: true },
        { text: 'child', header: 'Chapter on flutter' },
      ])
      assert.deepEqual(idsOf(await store.searchText('flutter', { limit: 5 })), ['a#1'])
      assert.deepEqual(await store.searchText('secret', { limit: 5 }), [])
    },
  },
  {
    name: 'a query without words, or with words that are nowhere, finds nothing',
    async run(open) {
      const store = await open()
      await put(store, 'a', ['wing'])
      for (const query of ['', '   ', '?!', '😀', 'flutter'])
        assert.deepEqual(await store.searchText(query, { limit: 5 }), [])
    },
  },
  {
    name: 'a word that every chunk has is found all the same',
    async run(open) {
      const store = await open()
      for (let i = 0; i < 5; i++) await put(store, `d${i}`, [`wing number${i}`])
      assert.equal((await store.searchText('wing', { limit: 10 })).length, 5)
    },
  },
  {
    name: 'vectors come by their cosine, which is the score',
    async run(open) {
      const { store, vectors, random } = await filled(open, 200)
      for (let round = 0; round < 5; round++) {
        const query = randomVector(random).map((x) => x * 10 ** (round - 2)) as Float32Array
        const exact = [...vectors].map(([id, vector]) => ({ id, score: cosineSimilarity(query, vector) }))
        exact.sort((a, b) => b.score - a.score)
        const found = await store.searchVector(query, { limit: 10 })
        assertOrdered(found)
        assert.deepEqual(
          idsOf(found),
          exact.slice(0, 10).map(({ id }) => id),
        )
        for (const [i, { score }] of found.entries()) assert.ok(Math.abs(score - (exact[i]?.score ?? 0)) < 1e-4)
      }
    },
  },
  {
    name: 'chunks without a vector are not found by vector',
    async run(open) {
      const store = await open()
      await put(store, 'a', [
        'bare',
        { text: 'with', vector: new Float32Array(8).fill(1) },
        { text: 'p', isParent: true },
      ])
      assert.deepEqual(idsOf(await store.searchVector(new Float32Array(8).fill(1), { limit: 5 })), ['a#1'])
    },
  },
  {
    name: 'a vector of zeros is kept, and like none',
    async run(open) {
      const store = await open()
      await put(store, 'a', [{ text: 'zero', vector: new Float32Array(8) }])
      await put(store, 'b', [{ text: 'one', vector: new Float32Array(8).fill(1) }])
      const [first] = await store.searchVector(new Float32Array(8).fill(1), { limit: 5 })
      assert.equal(first?.chunk.id, 'b#0')
      for (const { score } of await store.searchVector(new Float32Array(8), { limit: 5 })) assert.ok(score === 0)
    },
  },
  {
    name: 'never more than the limit, and all there are for a large one',
    async run(open) {
      const { store, random } = await filled(open, 30)
      for (const limit of [0, 1, 7, 30, 5000]) {
        const count = Math.min(limit, 30)
        assert.equal((await store.searchText('common', { limit })).length, count)
        assert.equal((await store.searchVector(randomVector(random), { limit })).length, count)
      }
    },
  },
  {
    name: 'a limit that is none is refused',
    async run(open) {
      const { store, random } = await filled(open, 3)
      for (const limit of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1' as never]) {
        await refused(store.searchText('common', { limit }), 'invalid-argument', /limit/)
        await refused(store.searchVector(randomVector(random), { limit }), 'invalid-argument', /limit/)
      }
    },
  },
  {
    name: 'a query vector of another length, or with numbers that are none, is refused',
    async run(open) {
      const { store } = await filled(open, 3)
      await refused(store.searchVector(new Float32Array(7), { limit: 1 }), 'invalid-argument', /7.*8/)
      await refused(
        store.searchVector(new Float32Array(8).fill(Number.NaN), { limit: 1 }),
        'invalid-argument',
        /finite/,
      )
    },
  },
  {
    name: 'an aborted search rejects with the reason',
    async run(open) {
      const { store, random } = await filled(open, 3)
      const reason = new Error('changed my mind')
      const search = { limit: 5, signal: AbortSignal.abort(reason) }
      const vector = randomVector(random)
      for (const searched of [() => store.searchText('common', search), () => store.searchVector(vector, search)])
        assert.equal(await searched().catch((error: unknown) => error), reason)
      assert.equal((await store.searchText('common', { limit: 5 })).length, 3)
    },
  },
]

/** A document whose chunks all have the word "common". */
async function filled(open: () => Promise<Store>, count: number) {
  const store = await open()
  const random = chance(5)
  const inputs = Array.from({ length: count }, (_, i) => ({ text: `common ${i}`, vector: randomVector(random) }))
  const { chunks } = await put(store, 'a', inputs)
  return { store, vectors: new Map(chunks.map(({ id }, i) => [id, inputs[i]?.vector as Float32Array])), random }
}

function assertOrdered(found: readonly { readonly score: number }[]) {
  const scores = found.map(({ score }) => score)
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  )
}
