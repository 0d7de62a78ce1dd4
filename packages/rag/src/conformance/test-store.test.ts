import { describe, expect, it } from 'vitest'
import type { Store } from '../contract.ts'
import { memoryStore } from '../store/memory/memory-store.ts'
import { testStore } from './test-store.ts'

/** Names of the cases that a store fails. */
async function failures(broken: (store: Store) => Partial<Store>, skip: Record<string, string> = {}) {
  const tests: { name: string; body: () => Promise<void> }[] = []
  testStore({
    describe: (_, body) => body(),
    test: (name, body) => tests.push({ name, body }),
    name: 'broken',
    skip,
    make() {
      const store = memoryStore()
      const whole = { ...store, ...broken(store) }
      return { store: () => whole }
    },
  })
  const failed: string[] = []
  for (const { name, body } of tests) await body().catch(() => failed.push(name))
  return failed
}

describe('testStore', () => {
  it('passes a store without faults', async () => {
    expect(await failures(() => ({}))).toEqual([])
  })

  it.each<[string, (store: Store) => Partial<Store>, string]>([
    [
      'filters that are ignored',
      (store) => ({ searchText: (query, { limit }) => store.searchText(query, { limit }) }),
      'filters mean what they say',
    ],
    [
      'documents that stay when they are removed',
      () => ({ remove: async () => {} }),
      'removed documents are gone from everywhere',
    ],
    [
      'scores that are distances',
      (store) => ({
        searchVector: async (vector, search) =>
          (await store.searchVector(vector, search)).map((found) => ({ ...found, score: 1 - found.score })),
      }),
      'vectors come by their cosine, which is the score',
    ],
    [
      'a query that is read as syntax',
      (store) => ({
        searchText: async (query, search) => {
          if (query.includes('"')) throw new Error('syntax error')
          return store.searchText(query, search)
        },
      }),
      'no character of a query is syntax',
    ],
    [
      'a put that readers see half done',
      (store) => ({
        async put(document, chunks, vectors, embedded) {
          const half = chunks.slice(0, chunks.length >> 1)
          await store.put({ ...document, chunks: half.length }, half, vectors.slice(0, half.length), embedded)
          await new Promise((resolve) => setTimeout(resolve, 1))
          await store.put(document, chunks, vectors, embedded)
        },
      }),
      'readers see the old chunks or the new ones, never some of both',
    ],
    [
      'signals that are not looked at',
      (store) => ({ searchText: (query, { signal: _, ...search }) => store.searchText(query, search) }),
      'an aborted search rejects with the reason',
    ],
    [
      'any embedding model taken for the same',
      (store) => ({
        put: (document, chunks, vectors, embedded) =>
          store.put(document, chunks, vectors, embedded && { ...embedded, model: 'test/vectors' }),
      }),
      'another embedding model is refused with the way out, until the old vectors are gone',
    ],
  ])('finds %s', async (_, broken, name) => {
    expect(await failures(broken)).toContain(name)
  })

  it('a skip that would pass fails, and so does one of a case that is not there', async () => {
    const name = 'no character of a query is syntax'
    expect(await failures(() => ({}), { [name]: 'no time' })).toEqual([`${name} (skipped: no time)`])
    await expect(failures(() => ({}), { nothing: 'no such case' })).rejects.toThrow(/no case "nothing"/)
  })
})
