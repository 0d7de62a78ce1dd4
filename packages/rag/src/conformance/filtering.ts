import assert from 'node:assert/strict'
import type { Json } from '@anymodel/core'
import type { FieldFilter, Filter, Metadata, Store } from '../contract.ts'
import { toCondition } from '../store/filter/condition.ts'
import { fits } from '../store/filter/fits.ts'
import { chance, idsOf, put, randomVector, refused, type StoreCase } from './case.ts'

const documents: Readonly<Record<string, Metadata>> = {
  de: { language: 'de', year: 2020, tags: ['x', 'y'], draft: true, rating: 4.5 },
  en: { language: 'en', year: 2024, tags: ['y'], draft: false, rating: null },
  fr: { language: 'fr', year: '2024', tags: [], draft: 'true' },
  none: {},
  mixed: { language: ['en', 'de'], year: [2010, 2030], tags: ['z', null, 3, true], deep: { language: 'de' } },
}

/** What filters mean: which documents fit. */
const meanings: readonly (readonly [filter: Filter, fitting: string])[] = [
  [{}, 'de en fr none mixed'],
  [{ language: 'de' }, 'de mixed'],
  [{ language: 'de', year: 2020 }, 'de'],
  [{ language: { eq: 'de' } }, 'de mixed'],
  [{ language: { ne: 'de' } }, 'en fr none'],
  [{ language: { in: ['de', 'fr'] } }, 'de fr mixed'],
  [{ language: { in: [] } }, ''],
  [{ language: { in: [null, 'fr'] } }, 'fr none'],
  [{ language: null }, 'none'],
  [{ language: { ne: null } }, 'de en fr mixed'],
  [{ rating: null }, 'en fr none mixed'],
  [{ rating: { exists: true } }, 'de'],
  [{ tags: { exists: false } }, 'fr none'],
  [{ deep: { exists: true } }, 'mixed'],
  [{ deep: 'de' }, ''],
  [{ year: 2024 }, 'en'],
  [{ year: '2024' }, 'fr'],
  [{ draft: true }, 'de'],
  [{ draft: { in: [true, 'true'] } }, 'de fr'],
  [{ tags: { in: [true, 3] } }, 'mixed'],
  [{ tags: 1 }, ''],
  [{ year: { gte: 2020 } }, 'de en mixed'],
  [{ year: { gt: 2020, lt: 2030 } }, 'en'],
  [{ year: { gte: 2010, lte: 2010 } }, 'mixed'],
  [{ year: { gte: '2000' } }, 'fr'],
  [{ language: { gt: 'de', lte: 'en' } }, 'en mixed'],
  [{ rating: { lt: 4.6, gt: 4.4 } }, 'de'],
  [{ year: { ne: 2020, gte: 2000 } }, 'en mixed'],
  [{ documentId: 'en' }, 'en'],
  [{ documentId: { in: ['en', 'fr', 'nowhere'] } }, 'en fr'],
  [{ documentId: { gte: 'fr' } }, 'fr none mixed'],
  [{ documentId: { ne: 'en' } }, 'de fr none mixed'],
  [{ documentId: { exists: true } }, 'de en fr none mixed'],
  [{ and: [{ language: 'de' }, { draft: true }] }, 'de'],
  [{ or: [{ language: 'fr' }, { year: 2024 }] }, 'en fr'],
  [{ not: { language: 'de' } }, 'en fr none'],
  [{ not: { or: [{ language: 'de' }, { not: { year: { exists: true } } }] } }, 'en fr'],
  [{ and: [] }, 'de en fr none mixed'],
  [{ or: [] }, ''],
  [{ "it's": 'x' }, ''],
]

const wrong: readonly unknown[] = [
  { tenant: undefined },
  { tenant: { eq: undefined } },
  { tenant: ['a'] },
  { tenant: { in: 'a' } },
  { tenant: { in: [['a']] } },
  { tenant: { like: 'a' } },
  { tenant: { gt: true } },
  { tenant: { gt: null } },
  { tenant: { eq: Number.NaN } },
  { tenant: { exists: 1 } },
  { and: { a: 1 } },
  { or: 'a' },
  { not: [] },
  { and: [null] },
  [],
  'tenant',
  nested(100),
  { tenant: { in: Array.from({ length: 20_000 }, (_, i) => i) } },
]

function nested(depth: number): Filter {
  return depth === 0 ? { a: 1 } : { not: nested(depth - 1) }
}

/** Filters mean the same in every store, for words and for vectors. */
export const filtering: readonly StoreCase[] = [
  {
    name: 'filters mean what they say',
    async run(open) {
      const store = await filled(await open(), documents)
      for (const [filter, fitting] of meanings) await fit(store, filter, fitting.split(' ').filter(Boolean))
    },
  },
  {
    name: 'filters by chance let through what the reference lets through',
    async run(open) {
      const random = chance(6)
      const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`d${i}`, randomMetadata(random)]))
      const store = await filled(await open(), many)
      for (let round = 0; round < 80; round++) {
        const filter = randomFilter(random, 3)
        const condition = toCondition(filter)
        const fitting = Object.keys(many).filter((id) => fits(condition, { documentId: id, metadata: many[id] ?? {} }))
        await fit(store, filter, fitting)
      }
    },
  },
  {
    name: 'a filter that lets little through finds it among many',
    async run(open) {
      const store = await open()
      const random = chance(8)
      const inputs = Array.from({ length: 600 }, (_, i) => ({
        text: 'common words',
        vector: randomVector(random),
        metadata: { rare: i === 123 || i === 450 },
      }))
      await put(store, 'a', inputs)
      const search = { limit: 2, filter: { rare: true } }
      for (const found of [
        await store.searchText('common', search),
        await store.searchVector(randomVector(random), search),
      ])
        assert.deepEqual(idsOf(found).sort(), ['a#123', 'a#450'])
    },
  },
  {
    name: 'chunks of one document may have metadata of their own',
    async run(open) {
      const store = await open()
      const vector = new Float32Array(8).fill(1)
      await put(store, 'a', [
        { text: 'common one', vector, metadata: { page: 1 } },
        { text: 'common two', vector, metadata: { page: 2 } },
      ])
      assert.deepEqual(idsOf(await store.searchText('common', { limit: 9, filter: { page: 2 } })), ['a#1'])
      assert.deepEqual(idsOf(await store.searchVector(vector, { limit: 9, filter: { page: 1 } })), ['a#0'])
    },
  },
  {
    name: 'a filter of thousands of values is answered',
    async run(open) {
      const store = await filled(await open(), documents)
      const values = Array.from({ length: 5000 }, (_, i) => i)
      await fit(store, { year: { in: values } }, ['de', 'en', 'mixed'])
      await fit(store, { or: values.slice(0, 2025).map((year) => ({ year })) }, ['de', 'en', 'mixed'])
    },
  },
  {
    name: 'what is no filter is refused, above all a value that is undefined',
    async run(open) {
      const store = await filled(await open(), documents)
      for (const filter of wrong as Filter[]) {
        await refused(store.searchText('common', { limit: 5, filter }), 'invalid-argument', /filter/)
        await refused(
          store.searchVector(new Float32Array(8).fill(1), { limit: 5, filter }),
          'invalid-argument',
          /filter/,
        )
      }
    },
  },
]

async function filled(store: Store, many: Readonly<Record<string, Metadata>>): Promise<Store> {
  const random = chance(7)
  for (const [id, metadata] of Object.entries(many))
    await put(store, id, [{ text: 'common words', vector: randomVector(random) }], metadata)
  return store
}

async function fit(store: Store, filter: Filter, fitting: readonly string[]) {
  const limit = 100
  const expected = fitting.map((id) => `${id}#0`).sort()
  const says = JSON.stringify(filter).slice(0, 500)
  assert.deepEqual(idsOf(await store.searchText('common', { limit, filter })).sort(), expected, `by words: ${says}`)
  const vector = new Float32Array(8).fill(0.5)
  assert.deepEqual(idsOf(await store.searchVector(vector, { limit, filter })).sort(), expected, `by vector: ${says}`)
}

const fields = ['a', 'b', 'c', 'documentId']
const values = ['x', 'y', 'é', '', '1', 'true', 1, 2, 1.5, -3, 0, true, false, null] as const

const comparable = values.filter((each) => typeof each === 'string' || typeof each === 'number')

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

function randomMetadata(random: () => number): Metadata {
  const entries = ['a', 'b', 'c'].flatMap((field): [string, Json][] => {
    const kind = random()
    if (kind < 0.2) return []
    if (kind < 0.7) return [[field, pick(random, values)]]
    return [[field, Array.from({ length: Math.floor(random() * 4) }, () => pick(random, values))]]
  })
  return Object.fromEntries(entries)
}

function randomFilter(random: () => number, depth: number): Filter {
  const kind = depth === 0 ? 1 : random()
  if (kind < 0.2) return { not: randomFilter(random, depth - 1) }
  const several = () => Array.from({ length: Math.floor(random() * 4) }, () => randomFilter(random, depth - 1))
  if (kind < 0.4) return { and: several() }
  if (kind < 0.6) return { or: several() }
  return { [pick(random, fields)]: randomField(random) }
}

function randomField(random: () => number): FieldFilter {
  const value = () => pick(random, values)
  const bound = () => pick(random, comparable)
  const ops: readonly (() => FieldFilter)[] = [
    value,
    () => ({ eq: value() }),
    () => ({ ne: value() }),
    () => ({ in: [value(), value(), value()] }),
    () => ({ exists: random() < 0.5 }),
    () => ({ gt: bound() }),
    () => ({ lte: bound() }),
    () => ({ gte: bound(), lt: bound() }),
    () => ({ ne: value(), gte: bound(), in: [value(), value()] }),
  ]
  return pick(random, ops)()
}
