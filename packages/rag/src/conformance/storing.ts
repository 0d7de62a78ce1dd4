import assert from 'node:assert/strict'
import {
  all,
  chance,
  documentOf,
  embedded,
  idsOf,
  put,
  randomVector,
  refused,
  type StoreCase,
  sameVectors,
} from './case.ts'

const everything = { limit: 1000 }

/** Documents come and go as wholes, and what is given back is what was put. */
export const storing: readonly StoreCase[] = [
  {
    name: 'an empty store has nothing and finds nothing',
    async run(open) {
      const store = await open()
      assert.equal(await store.embedded(), undefined)
      assert.deepEqual(await all(store.documents()), [])
      assert.equal(await store.document('a'), undefined)
      assert.deepEqual(await store.chunks(['a#0']), [])
      assert.deepEqual(await store.range('a', 0, 10), [])
      assert.deepEqual(await store.vectorsOf(['x']), new Map())
      assert.deepEqual(await store.searchText('wing', everything), [])
      assert.deepEqual(await store.searchVector(new Float32Array(8).fill(1), everything), [])
      const { documents, chunks } = await store.stats()
      assert.deepEqual({ documents, chunks }, { documents: 0, chunks: 0 })
      await store.remove(['a'])
    },
  },
  {
    name: 'opening again changes nothing',
    async run(open) {
      const store = await open()
      await put(store, 'a', ['wing'])
      await store.open()
      assert.equal((await store.stats()).documents, 1)
    },
  },
  {
    name: 'gives back exactly what was put',
    async run(open) {
      const store = await open()
      const random = chance(1)
      const metadata = { tags: ['x', 'y'], year: 2024, draft: false, nothing: null, deep: { a: [1, { b: 'c' }] } }
      const { document, chunks, vectors } = documentOf(
        'a',
        [
          { text: 'The parent', isParent: true, id: 'p' },
          { text: 'Its child', parentId: 'p', header: 'A header', headings: ['One', 'Two'], page: 'iv', title: 'T' },
          { text: 'With a vector', vector: randomVector(random), metadata: { own: 'metadata' } },
          { text: '', vector: randomVector(random) },
        ],
        metadata,
      )
      await store.put({ ...document, title: 'Title' }, chunks, vectors, embedded)
      assert.deepEqual(await store.document('a'), { ...document, title: 'Title' })
      assert.deepEqual(await all(store.documents()), [{ ...document, title: 'Title' }])
      assert.deepEqual(await store.chunks(['a#3', 'p', 'none', 'a#1', 'a#2']), [
        chunks[3],
        chunks[0],
        chunks[1],
        chunks[2],
      ])
      assert.deepEqual(await store.range('a', 1, 3), chunks.slice(1, 3))
      assert.deepEqual(await store.range('a', -5, 99), chunks)
      assert.deepEqual(await store.embedded(), embedded)
      const [found] = await store.searchText('vector', everything)
      assert.deepEqual(found?.chunk, chunks[2])
    },
  },
  {
    name: 'what is changed after it was put is not changed in the store',
    async run(open) {
      const store = await open()
      const vector = new Float32Array(8).fill(1)
      await put(store, 'a', [{ text: 'wing', vector }])
      vector.fill(-1)
      const [found] = await store.searchVector(new Float32Array(8).fill(1), everything)
      assert.ok(Math.abs((found?.score ?? 0) - 1) < 1e-5)
    },
  },
  {
    name: 'a document takes the place of the one with its id, with all its chunks',
    async run(open) {
      const store = await open()
      const random = chance(2)
      await put(store, 'a', [{ text: 'old wing', vector: randomVector(random) }, 'old flow', 'old heat'])
      await put(store, 'b', ['other wing'])
      const { chunks } = await put(store, 'a', [{ text: 'new wing', vector: randomVector(random) }])
      assert.deepEqual(await store.range('a', 0, 99), chunks)
      assert.deepEqual(await store.chunks(['a#1', 'a#2']), [])
      assert.deepEqual(await store.searchText('old', everything), [])
      assert.deepEqual(idsOf(await store.searchText('wing', everything)).sort(), ['a#0', 'b#0'])
      assert.deepEqual(idsOf(await store.searchVector(randomVector(random), everything)), ['a#0'])
      const { documents, chunks: count } = await store.stats()
      assert.deepEqual({ documents, count }, { documents: 2, count: 2 })
    },
  },
  {
    name: 'a document without chunks is there',
    async run(open) {
      const store = await open()
      await put(store, 'a', [])
      assert.equal((await store.document('a'))?.chunks, 0)
      assert.deepEqual(await store.range('a', 0, 9), [])
    },
  },
  {
    name: 'removed documents are gone from everywhere',
    async run(open) {
      const store = await open()
      const random = chance(3)
      for (let i = 0; i < 20; i++)
        await put(store, `d${i}`, [{ text: `wing ${i}`, hash: `h${i}`, vector: randomVector(random) }, 'wing'])
      await store.remove(['none', ...Array.from({ length: 15 }, (_, i) => `d${i}`)])
      const left = ['d15', 'd16', 'd17', 'd18', 'd19']
      assert.deepEqual(
        (await all(store.documents())).map(({ id }) => id),
        left,
      )
      assert.deepEqual(
        idsOf(await store.searchText('wing', everything)).sort(),
        left.flatMap((id) => [`${id}#0`, `${id}#1`]),
      )
      assert.deepEqual(
        idsOf(await store.searchVector(randomVector(random), everything)).sort(),
        left.map((id) => `${id}#0`),
      )
      assert.deepEqual([...(await store.vectorsOf(['h0', 'h14', 'h15'])).keys()], ['h15'])
      assert.equal((await store.stats()).chunks, 10)
    },
  },
  {
    name: 'documents come by id, and by the beginning of it',
    async run(open) {
      const store = await open()
      const ids = ['b', 'a/2', 'a/10', 'a', 'A', 'ä', 'a%', '\uffee', '😀', 'a_/1']
      for (const id of ids) await put(store, id, [])
      const listed = async (prefix?: string) =>
        (await all(store.documents(prefix === undefined ? {} : { prefix }))).map(({ id }) => id)
      assert.deepEqual(await listed(), ['A', 'a', 'a%', 'a/10', 'a/2', 'a_/1', 'b', 'ä', '\uffee', '😀'])
      assert.deepEqual(await listed('a/'), ['a/10', 'a/2'])
      assert.deepEqual(await listed('a%'), ['a%'])
      assert.deepEqual(await listed('a_'), ['a_/1'])
      assert.deepEqual(await listed('none'), [])
    },
  },
  {
    name: 'more documents than a page of any database has',
    async run(open) {
      const store = await open()
      for (let i = 0; i < 510; i++) await put(store, `d${String(i).padStart(4, '0')}`, [])
      const ids = (await all(store.documents())).map(({ id }) => id)
      assert.equal(ids.length, 510)
      assert.deepEqual(ids, [...ids].sort())
      assert.equal(new Set(ids).size, 510)
    },
  },
  {
    name: 'vectors are given by hash, as long as some chunk has it',
    async run(open) {
      const store = await open()
      const vector = randomVector(chance(4))
      await put(store, 'a', [
        { text: 'wing', hash: 'same', vector },
        { text: 'no vector', hash: 'bare' },
      ])
      await put(store, 'b', ['x', { text: 'wing', hash: 'same', vector }])
      sameVectors(await store.vectorsOf(['same', 'bare', 'none']), new Map([['same', vector]]))
      await store.remove(['b'])
      sameVectors(await store.vectorsOf(['same']), new Map([['same', vector]]))
      await store.remove(['a'])
      assert.deepEqual(await store.vectorsOf(['same']), new Map())
    },
  },
  {
    name: 'what does not belong together is refused, and changes nothing',
    async run(open) {
      const store = await open()
      const vector = new Float32Array(8).fill(1)
      const { document, chunks } = await put(store, 'a', ['wing'])
      const [chunk] = chunks as [(typeof chunks)[0]]
      const wrong: Parameters<typeof store.put>[] = [
        [document, chunks, []],
        [{ ...document, chunks: 2 }, chunks, [undefined]],
        [{ ...document, id: '' }, [], []],
        [document, [{ ...chunk, documentId: 'b' }], [undefined]],
        [{ ...document, chunks: 2 }, [chunk, chunk], [undefined, undefined]],
        [document, [{ ...chunk, isParent: true }], [vector], embedded],
        [document, chunks, [vector]],
        [document, chunks, [new Float32Array(7)], embedded],
        [document, chunks, [new Float32Array(8).fill(Number.NaN)], embedded],
      ]
      for (const given of wrong) await refused(store.put(...given), 'invalid-argument')
      assert.deepEqual(await store.range('a', 0, 9), chunks)
      assert.equal(await store.embedded(), undefined)
    },
  },
  {
    name: "an id of another document's chunk is refused, and changes nothing",
    async run(open) {
      const store = await open()
      const { chunks } = await put(store, 'a', ['wing'])
      const old = await put(store, 'b', ['flow'])
      await refused(put(store, 'b', ['heat', { text: 'wing', id: 'a#0' }]), 'invalid-argument', /a#0.*"a"/)
      assert.deepEqual(await store.range('a', 0, 9), chunks)
      assert.deepEqual(await store.range('b', 0, 9), old.chunks)
      assert.deepEqual(idsOf(await store.searchText('flow heat', everything)), ['b#0'])
    },
  },
  {
    name: 'another embedding model is refused with the way out, until the old vectors are gone',
    async run(open) {
      const store = await open()
      const vector = new Float32Array(8).fill(1)
      await put(store, 'a', [{ text: 'wing', vector }])
      const { document, chunks } = documentOf('b', [{ text: 'flow' }])
      const other = { model: 'test/other', dimensions: 8 }
      const way = /test\/vectors.*test\/other.*new store/s
      await refused(store.put(document, chunks, [vector], other), 'config', way)
      await refused(store.put(document, chunks, [undefined], other), 'config', way)
      await refused(
        store.put(document, chunks, [new Float32Array(4)], { model: 'test/vectors', dimensions: 4 }),
        'config',
      )
      assert.equal(await store.document('b'), undefined)
      assert.deepEqual(idsOf(await store.searchVector(vector, everything)), ['a#0'])
      await store.remove(['a'])
      assert.equal(await store.embedded(), undefined)
      await store.put(document, chunks, [new Float32Array(4).fill(1)], { ...other, dimensions: 4 })
      assert.deepEqual(await store.embedded(), { ...other, dimensions: 4 })
      assert.deepEqual(idsOf(await store.searchVector(new Float32Array(4).fill(1), everything)), ['b#0'])
    },
  },
]
