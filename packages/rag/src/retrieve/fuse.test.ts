import { expect, test } from 'vitest'
import type { Found, StoredChunk } from '../contract.ts'
import { diversify } from './diversify.ts'
import { fuse } from './fuse.ts'

const chunk = (id: string, hash = id): StoredChunk => ({
  id,
  hash,
  documentId: id,
  index: 0,
  text: id,
  start: 0,
  end: id.length,
  headings: [],
  metadata: {},
})
const list = (...ids: string[]): Found[] => ids.map((id, at) => ({ chunk: chunk(id), score: 100 - at }))
const ids = (found: readonly Found[]) => found.map((item) => item.chunk.id)

test('a chunk scores weight / (60 + rank) in every list that it stands in', () => {
  const fused = fuse([{ found: list('a', 'b') }, { found: list('b', 'c'), weight: 2 }])
  expect(ids(fused)).toEqual(['b', 'c', 'a'])
  expect(fused.map(({ score }) => score)).toEqual([1 / 62 + 2 / 61, 2 / 62, 1 / 61])
})

test('a smaller k lets first places win', () => {
  const lists = [{ found: list('a', 'b', 'c') }, { found: list('x', 'b') }, { found: list('y', 'c') }]
  expect(ids(fuse(lists))[0]).toBe('b')
  expect(fuse(lists, { k: 0 })[0]).toMatchObject({ score: 1 })
})

test('of chunks that say the same the best one stays', () => {
  const same: Found[] = ['a', 'copy', 'b'].map((id) => ({ chunk: chunk(id, id === 'copy' ? 'a' : id), score: 1 }))
  expect(ids(fuse([{ found: same }]))).toEqual(['a', 'b'])
})

test('what resembles a chosen chunk waits behind what is new', () => {
  const vectors = new Map([
    ['a', Float32Array.of(1, 0)],
    ['twin', Float32Array.of(1, 0.01)],
    ['other', Float32Array.of(0, 1)],
  ])
  const found = list('a', 'twin', 'other')
  expect(ids(diversify(found, vectors, { limit: 2 }))).toEqual(['a', 'other'])
  expect(ids(diversify(found, vectors, { limit: 3, lambda: 1 }))).toEqual(['a', 'twin', 'other'])
  expect(ids(diversify(found, new Map(), { limit: 9 }))).toEqual(['a', 'twin', 'other'])
})
