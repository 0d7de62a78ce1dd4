import { fromStorable } from '../storable.ts'
import type { Collection, Read } from './collection.ts'
import { matchesAny, type QdrantFilter } from './filter.ts'
import { documentPoint } from './points.ts'

const attempts = 20

/**
 * Points of chunks as they belong together: those of a writing that was replaced, or is not done, are left out, and then it is read again without them, since they took the places of others.
 */
export async function current(
  collection: Collection,
  read: (without: QdrantFilter) => Promise<readonly Read[]>,
): Promise<readonly Read[]> {
  const stale = new Set<string>()
  for (let attempt = 1; ; attempt++) {
    const found = await read(stale.size === 0 ? {} : { must_not: [matchesAny('put', [...stale])] })
    const valid = await currentOf(collection, found)
    const dropped = found.filter(({ payload }) => valid.get(payload.document) !== payload.put)
    if (dropped.length === 0 || attempt === attempts)
      return found.filter(({ payload }) => valid.get(payload.document) === payload.put)
    for (const { payload } of dropped) stale.add(payload.put)
    // A writing that was not done may be so now.
    for (const put of valid.values()) stale.delete(put)
  }
}

async function currentOf(collection: Collection, found: readonly Read[]): Promise<Map<string, string>> {
  const documents = [...new Set(found.map(({ payload }) => payload.document))]
  if (documents.length === 0) return new Map()
  const points = await collection.get(documents.map((document) => documentPoint(fromStorable(document))))
  return new Map(points.map(({ payload }) => [payload.document, payload.put]))
}
