import type { Point } from './qdrant-server.ts'

/** A filter of Qdrant, or one condition of it. https://qdrant.tech/documentation/concepts/filtering/ */
export interface Condition {
  readonly must?: readonly Condition[]
  readonly should?: readonly Condition[]
  readonly must_not?: readonly Condition[]
  readonly key?: string
  readonly match?: { readonly value?: unknown; readonly any?: readonly unknown[] }
  readonly range?: { readonly lt?: number }
  readonly is_empty?: { readonly key: string }
  readonly has_id?: readonly string[]
}

const known = new Set(['must', 'should', 'must_not', 'key', 'match', 'range', 'is_empty', 'has_id'])

/** Whether a point fits. A field with a list fits when one of its values does; of no `should` at all, nothing is asked. */
export function fits(condition: Condition, point: Point): boolean {
  for (const key of Object.keys(condition)) if (!known.has(key)) throw new Error(`unknown field ${key} in a filter`)
  const { must = [], should = [], must_not = [], is_empty, has_id, key, match, range } = condition
  if (is_empty) return valuesOf(point, is_empty.key).length === 0
  if (has_id) return has_id.includes(point.id)
  if (key !== undefined) {
    const values = valuesOf(point, key)
    if (range)
      return values.some((value) => typeof value === 'number' && value < (range.lt ?? Number.POSITIVE_INFINITY))
    return values.some((value) => (match?.any ? match.any.includes(value) : value === match?.value))
  }
  return (
    must.every((each) => fits(each, point)) &&
    (should.length === 0 || should.some((each) => fits(each, point))) &&
    !must_not.some((each) => fits(each, point))
  )
}

function valuesOf({ payload }: Point, key: string): unknown[] {
  const value = payload[key]
  return value === undefined || value === null ? [] : [value].flat()
}
