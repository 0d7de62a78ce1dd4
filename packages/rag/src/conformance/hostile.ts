import assert from 'node:assert/strict'
import { all, chance, idsOf, put, randomVector, type StoreCase, sameVectors } from './case.ts'

const queries = [
  `"wing`,
  `wing"`,
  `'wing`,
  `wing' OR '1'='1`,
  `wing'; DROP TABLE chunks; --`,
  'wing AND',
  'NOT wing',
  'wing NEAR(',
  'NEAR(wing, 5)',
  'wing*',
  '^wing',
  'text:wing',
  '{a b}: wing',
  '-wing',
  '+wing -',
  '(wing',
  'wing)',
  'wing & | ! <-> :*',
  'wing%_\\',
  '\\wing\\',
  'wing\u0000flow',
  '\u0000wing',
  '😀 wing 👩‍👩‍👧',
  '\ud800 wing \udfff',
  '\u202e wing',
  'wing\r\n\t',
  '{wing} $1 ? :a @b #{c}',
  `wing ${'word '.repeat(20_000)}`,
  `wing ${'x'.repeat(100_000)}`,
  `${'"'.repeat(50_000)} wing ${'('.repeat(50_000)}`,
]

const ids = [
  "it's",
  '"quoted"',
  "'; DROP TABLE documents; --",
  'a/../b',
  '\\',
  '%',
  'with space',
  'new\nline',
  'nul\u0000here',
  '\ud800half',
  '\ue000mark',
  '😀',
  '__proto__',
  'constructor',
  'ä'.normalize('NFD'),
  'ä',
  'x'.repeat(2000),
  'null',
  '0',
]

const names = [
  "it's",
  '"q"',
  'a.b',
  'a[0]',
  '$',
  '$.a',
  '',
  'a\u0000b',
  '__proto__',
  'constructor',
  '😀',
  '\ud800',
  'key; --',
  '%',
  '`b`',
]

/** Every character of a query, an id or a value is data. */
export const hostile: readonly StoreCase[] = [
  {
    name: 'no character of a query is syntax',
    async run(open) {
      const store = await open()
      await put(store, 'a', ['a wing in the air'])
      await put(store, 'b', ['something else'])
      for (const query of queries) {
        const found = await store.searchText(query, { limit: 5 })
        assert.deepEqual(idsOf(found), ['a#0'], JSON.stringify(query.slice(0, 40)))
      }
    },
  },
  {
    name: 'ids may be anything',
    async run(open) {
      const store = await open()
      const vector = new Float32Array(8).fill(1)
      for (const id of ids) await put(store, id, [{ text: 'common', hash: `hash ${id}`, vector }])
      assert.deepEqual(new Set((await all(store.documents())).map(({ id }) => id)), new Set(ids))
      for (const id of ids) {
        const chunkId = `${id}#0`
        assert.equal((await store.document(id))?.id, id)
        assert.deepEqual(
          (await store.chunks([chunkId])).map((chunk) => chunk.id),
          [chunkId],
        )
        assert.deepEqual(
          (await store.range(id, 0, 1)).map((chunk) => chunk.documentId),
          [id],
        )
        assert.deepEqual(idsOf(await store.searchText('common', { limit: 5, filter: { documentId: id } })), [chunkId])
        assert.deepEqual(idsOf(await store.searchVector(vector, { limit: 5, filter: { documentId: id } })), [chunkId])
        assert.deepEqual([...(await store.vectorsOf([`hash ${id}`])).keys()], [`hash ${id}`])
      }
      await store.remove(ids.slice(1))
      assert.deepEqual(
        (await all(store.documents())).map(({ id }) => id),
        [ids[0]],
      )
    },
  },
  {
    name: 'names and values of metadata may be anything',
    async run(open) {
      const store = await open()
      for (const [i, name] of names.entries()) {
        const metadata = Object.fromEntries([[name, `value ${name}`]])
        await put(store, `d${i}`, ['common'], metadata)
        const [chunk] = await store.range(`d${i}`, 0, 1)
        assert.deepEqual(Object.entries(chunk?.metadata ?? {}), Object.entries(metadata))
      }
      for (const [i, name] of names.entries()) {
        const filters = [Object.fromEntries([[name, `value ${name}`]]), Object.fromEntries([[name, { exists: true }]])]
        for (const filter of filters)
          assert.deepEqual(idsOf(await store.searchText('common', { limit: 50, filter })), [`d${i}#0`], name)
      }
    },
  },
  {
    name: 'texts come back to the character',
    async run(open) {
      const store = await open()
      const random = chance(8)
      const noise = Array.from({ length: 5000 }, () => String.fromCharCode(random() * 65_536)).join('')
      const texts = [
        'nul \u0000 in it',
        'half \ud83d and \ude00',
        '\ufeffmark',
        'a\r\nb\rc',
        noise,
        `long ${'word '.repeat(200_000)}`,
      ]
      await put(
        store,
        'a',
        texts.map((text) => ({ text, header: text.slice(0, 100), title: text.slice(0, 20) })),
      )
      const chunks = await store.range('a', 0, 99)
      assert.deepEqual(
        chunks.map(({ text }) => text),
        texts,
      )
      assert.deepEqual(
        chunks.map(({ header }) => header),
        texts.map((text) => text.slice(0, 100)),
      )
    },
  },
  {
    name: 'vectors may be large, small and many',
    async run(open) {
      const store = await open()
      const random = chance(9)
      const inputs = Array.from({ length: 1500 }, (_, i) => ({ text: `t${i}`, vector: randomVector(random) }))
      inputs.push({ text: 'large', vector: new Float32Array(8).fill(1e15) })
      inputs.push({ text: 'small', vector: new Float32Array(8).fill(1e-15) })
      await put(store, 'a', inputs)
      const vectors = await store.vectorsOf(inputs.map(({ text }) => `hash of ${text}`))
      sameVectors(vectors, new Map(inputs.map(({ text, vector }) => [`hash of ${text}`, vector])))
      const found = await store.searchVector(new Float32Array(8).fill(-1), { limit: 2000 })
      assert.equal(found.length, 1502)
      assert.deepEqual(new Set(idsOf(found.slice(-2))), new Set(['a#1500', 'a#1501']))
    },
  },
]
