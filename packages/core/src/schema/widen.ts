import type { JsonSchema } from '../contract/json.ts'
import { isSchemaObject, refTarget } from './pointer.ts'

/** Deeper values are left as they are. */
const deepest = 200
/** So many combinations of alternatives are looked at. */
const mostAlternatives = 64

/** Schemas that all hold at once. */
type Together = readonly unknown[]
/** Schemas without combinators that all hold at once. */
type View = readonly JsonSchema[]

/**
 * The way back from a narrowed schema: the value without the nulls that stand for absent optional properties, where the full schema does not allow null. What changes is copied, the rest is shared.
 */
export const widen = (value: unknown, schema: JsonSchema): unknown => widened(value, [[schema]], schema, deepest)

function widened(value: unknown, either: readonly Together[], root: JsonSchema, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value
  const known = new Map<unknown, readonly View[]>()
  const views = either.flatMap((together) =>
    together.reduce<readonly View[]>((all, one) => combined(all, viewsOf(one, value, root, known)), [[]]),
  )
  if (views.every((view) => view.length === 0)) return value
  return Array.isArray(value)
    ? widenedList(value, views, root, depth)
    : widenedObject(value as Record<string, unknown>, views, root, depth)
}

function widenedList(value: readonly unknown[], views: readonly View[], root: JsonSchema, depth: number): unknown {
  const list = value.map((item, index) => {
    const either = views.map((view) =>
      view.map((schema) => {
        const old = Array.isArray(schema.items)
        const tuple = old ? schema.items : schema.prefixItems
        return Array.isArray(tuple) && index < tuple.length ? tuple[index] : old ? schema.additionalItems : schema.items
      }),
    )
    return widened(item, either, root, depth - 1)
  })
  return list.some((item, index) => item !== value[index]) ? list : value
}

function widenedObject(
  value: Readonly<Record<string, unknown>>,
  views: readonly View[],
  root: JsonSchema,
  depth: number,
): unknown {
  let changed = false
  const kept = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (item === null && standsForAbsent(key, views, root)) {
      changed = true
      return []
    }
    const either = views.map((view) => view.map((schema) => own(schema.properties, key) ?? schema.additionalProperties))
    const one = widened(item, either, root, depth - 1)
    if (one !== item) changed = true
    return [[key, one]]
  })
  return changed ? Object.fromEntries(kept) : value
}

/** True when the property is known, and wherever it is, it is optional and may not be null. */
function standsForAbsent(key: string, views: readonly View[], root: JsonSchema): boolean {
  const knowing = views.filter((view) => view.some((schema) => own(schema.properties, key) !== undefined))
  const answers = new Map<unknown, boolean>()
  return (
    knowing.length > 0 &&
    knowing.every(
      (view) =>
        !view.some((schema) => isRequired(schema, key)) &&
        view.some((schema) => {
          const property = own(schema.properties, key)
          return property !== undefined && !allowsNull(property, root, answers)
        }),
    )
  )
}

/** What a schema says about a value: in each view, schemas that hold together; the views are alternatives. Those whose constants say something else are left out. */
function viewsOf(
  schema: unknown,
  value: object,
  root: JsonSchema,
  known: Map<unknown, readonly View[]>,
): readonly View[] {
  if (!isSchemaObject(schema)) return [[]]
  const before = known.get(schema)
  if (before) return before
  // A schema inside itself adds nothing.
  known.set(schema, [[]])
  const { $ref, allOf, anyOf, oneOf } = schema
  const together = [...($ref === undefined ? [] : [refTarget(root, $ref)]), ...(Array.isArray(allOf) ? allOf : [])]
  let views: readonly View[] = [[schema]]
  for (const one of together) views = combined(views, viewsOf(one, value, root, known))
  for (const union of [anyOf, oneOf].filter(Array.isArray)) {
    const alternatives = union.flatMap((one) => viewsOf(one, value, root, known))
    views = combined(
      views,
      alternatives.filter((view) => view.every((one) => fits(one, value))),
    )
  }
  known.set(schema, views)
  return views
}

function combined(some: readonly View[], others: readonly View[]): readonly View[] {
  if (others.length === 0) return some
  return some.flatMap((one) => others.map((other) => [...new Set([...one, ...other])])).slice(0, mostAlternatives)
}

/** False when a property has another value than the constant that the schema wants there. A null may stand for an absent one. */
function fits(schema: JsonSchema, value: object): boolean {
  if (!isSchemaObject(schema.properties)) return true
  return Object.entries(schema.properties).every(([key, property]) => {
    const wanted = own(property, 'const')
    const given = own(value, key)
    return (
      wanted === undefined || given === undefined || given === wanted || (given === null && !isRequired(schema, key))
    )
  })
}

const isRequired = ({ required }: JsonSchema, key: string): boolean => Array.isArray(required) && required.includes(key)

/** `known` has the answers so far. A schema inside itself counts as allowing null: then the null stays. */
function allowsNull(schema: unknown, root: JsonSchema, known: Map<unknown, boolean>): boolean {
  if (!isSchemaObject(schema)) return schema === true
  const before = known.get(schema)
  if (before !== undefined) return before
  known.set(schema, true)
  const allows = saysNull(schema) && partsAllowNull(schema, root, known)
  known.set(schema, allows)
  return allows
}

const saysNull = ({ type, enum: values, const: only }: JsonSchema): boolean =>
  (type === undefined || type === 'null' || (Array.isArray(type) && type.includes('null'))) &&
  (!Array.isArray(values) || values.includes(null)) &&
  (only === undefined || only === null)

function partsAllowNull({ $ref, allOf, anyOf, oneOf }: JsonSchema, root: JsonSchema, known: Map<unknown, boolean>) {
  const allows = (one: unknown) => allowsNull(one, root, known)
  return (
    ($ref === undefined || allows(refTarget(root, $ref))) &&
    (!Array.isArray(allOf) || allOf.every(allows)) &&
    (!Array.isArray(anyOf) || anyOf.some(allows)) &&
    (!Array.isArray(oneOf) || oneOf.filter(allows).length === 1)
  )
}

const own = (object: unknown, key: string): unknown =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, key)
    ? (object as Record<string, unknown>)[key]
    : undefined
