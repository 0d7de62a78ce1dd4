import assert from 'node:assert/strict'
import type { Store } from '../contract.ts'
import { all, idsOf, put, type StoreCase, sameVectors } from './case.ts'

const vector = new Float32Array(8).fill(1)
const versionOf = (text: string) => text.split(' ')[1]

/** Several readers and writers, and stores that are opened again. */
export const together: readonly StoreCase[] = [
  {
    name: 'what was put is there when the place is opened again',
    async run(open) {
      const store = await open()
      const { chunks, document } = await put(store, 'a', [{ text: 'wing', vector, hash: 'h' }, 'flow'], { year: 1 })
      await store.close()
      const again = await open()
      assert.deepEqual(await again.document('a'), document)
      assert.deepEqual(await again.range('a', 0, 9), chunks)
      assert.deepEqual(idsOf(await again.searchText('flow', { limit: 5, filter: { year: 1 } })), ['a#1'])
      assert.deepEqual(idsOf(await again.searchVector(vector, { limit: 5 })), ['a#0'])
      sameVectors(await again.vectorsOf(['h']), new Map([['h', vector]]))
      assert.equal((await again.embedded())?.model, 'test/vectors')
    },
  },
  {
    name: 'what one store changes, another over the same place sees at once',
    async run(open) {
      const [one, other] = [await open(), await open()]
      await put(one, 'a', [{ text: 'old', vector }])
      assert.deepEqual(idsOf(await other.searchVector(vector, { limit: 5 })), ['a#0'])
      await put(one, 'a', [
        { text: 'new', vector },
        { text: 'wing', vector },
      ])
      assert.deepEqual(idsOf(await other.searchVector(vector, { limit: 5 })).sort(), ['a#0', 'a#1'])
      assert.deepEqual(await other.searchText('old', { limit: 5 }), [])
      await other.remove(['a'])
      assert.deepEqual(await one.searchVector(vector, { limit: 5 }), [])
      assert.equal(await one.embedded(), undefined)
    },
  },
  {
    name: 'readers see the old chunks or the new ones, never some of both',
    async run(open) {
      const [writer, reader] = [await open(), await open()]
      const write = (version: number) =>
        put(
          writer,
          'a',
          Array.from({ length: 10 + (version % 3) }, (_, i) => ({ text: `common ${version} ${i}`, vector })),
        )
      await write(0)
      let done = false
      const writing = (async () => {
        for (let version = 1; version <= 25; version++) await write(version)
      })().finally(() => {
        done = true
      })
      let reads = 0
      do {
        for (const texts of await readEveryWay(reader)) {
          const versions = new Set(texts.map(versionOf))
          assert.equal(versions.size, 1, `chunks of the versions ${[...versions].join(', ')} at once`)
          assert.equal(texts.length, 10 + (Number([...versions][0]) % 3))
        }
        reads++
      } while (!done)
      await writing
      assert.ok(reads > 1, 'it must read while it writes')
      assert.equal(versionOf((await reader.range('a', 0, 1))[0]?.text ?? ''), '25')
    },
  },
  {
    name: 'two writers lose nothing',
    async run(open) {
      const writers = [await open(), await open()]
      await Promise.all(
        writers.map(async (store, who) => {
          for (let i = 0; i < 25; i++) await put(store, `${who}/${i}`, [{ text: `common ${i}`, vector }])
        }),
      )
      for (const store of writers) {
        assert.equal((await all(store.documents())).length, 50)
        assert.equal((await store.searchText('common', { limit: 99 })).length, 50)
        assert.equal((await store.searchVector(vector, { limit: 99 })).length, 50)
      }
    },
  },
  {
    name: 'two writers of one document leave it whole',
    async run(open) {
      const writers = [await open(), await open()]
      await Promise.all(
        writers.map(async (store, who) => {
          for (let i = 0; i < 15; i++)
            await put(
              store,
              'a',
              Array.from({ length: 4 + who }, (_, n) => `common ${who} ${n}`),
            )
        }),
      )
      const texts = (await (writers[0] as Store).range('a', 0, 99)).map(({ text }) => text)
      assert.equal(new Set(texts.map(versionOf)).size, 1)
      assert.equal(texts.length, 4 + Number(versionOf(texts[0] ?? '')))
      assert.equal((await (writers[1] as Store).searchText('common', { limit: 99 })).length, texts.length)
    },
  },
]

async function readEveryWay(store: Store): Promise<string[][]> {
  const found = async (searched: ReturnType<Store['searchText']>) => (await searched).map(({ chunk }) => chunk.text)
  return Promise.all([
    store.range('a', 0, 99).then((chunks) => chunks.map(({ text }) => text)),
    found(store.searchText('common', { limit: 99 })),
    found(store.searchVector(vector, { limit: 99 })),
  ])
}
