import type { Embedded } from '../../contract.ts'
import { fromStorable } from '../storable.ts'
import type { Collection } from './collection.ts'
import { current } from './current.ts'
import { aboutPoint } from './points.ts'

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** What the vectors come from; `undefined` as long as there are none. */
export async function embeddedIn(from: Collection): Promise<Embedded | undefined> {
  if (!(await from.dimensions())) return undefined
  const [about] = await from.get([aboutPoint])
  if (!about) return undefined
  const withVector = { must_not: [{ is_empty: { key: 'length' } }] }
  const some = await current(from, async (without) => {
    for await (const point of from.scroll({ must: [withVector, without] })) return [point]
    return []
  })
  return some.length > 0 ? (JSON.parse(fromStorable(about.payload.row)) as Embedded) : undefined
}
