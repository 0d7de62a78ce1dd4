import type { JsonSchema } from '../contract/json.ts'
import { isSchemaObject } from './pointer.ts'

type Merge = (a: unknown, b: unknown) => unknown

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
const most: Merge = (a, b) => Math.max(Number(a), Number(b))
const least: Merge = (a, b) => Math.min(Number(a), Number(b))
const first: Merge = (a) => a

/** Both at once: `undefined` where no value can be both. */
const common: Merge = (a, b) => {
  const both = list(a).filter((one) => list(b).some((other) => same(one, other)))
  return both.length > 0 ? both : undefined
}

const types: Merge = (a, b) => {
  const widen = (type: unknown) => list(type).flatMap((one) => (one === 'number' ? ['number', 'integer'] : [one]))
  const both = common(widen(a), widen(b)) as readonly unknown[] | undefined
  const told = both?.includes('number') ? both.filter((one) => one !== 'integer') : both
  return told?.length === 1 ? told[0] : told
}

const properties: Merge = (a, b) => {
  if (!isSchemaObject(a) || !isSchemaObject(b)) return undefined
  const both = new Map(Object.entries(a))
  for (const [key, schema] of Object.entries(b)) {
    const known = both.get(key)
    both.set(key, known === undefined || same(known, schema) ? schema : { allOf: [known, schema] })
  }
  return Object.fromEntries(both)
}

/** How a keyword that stands in two schemas becomes one that says both. What is not here must be equal. */
const merges: Readonly<Record<string, Merge>> = {
  title: first,
  description: first,
  default: first,
  examples: first,
  type: types,
  enum: common,
  properties,
  required: (a, b) => [...new Set([...list(a), ...list(b)])],
  additionalProperties: (a, b) => (a === false || b === false ? false : same(a, b) ? a : undefined),
  minimum: most,
  exclusiveMinimum: most,
  minLength: most,
  minItems: most,
  minProperties: most,
  maximum: least,
  exclusiveMaximum: least,
  maxLength: least,
  maxItems: least,
  maxProperties: least,
}

/** One schema that says what two say; `undefined` when it can't be written without `allOf`. The first one's title and description win. */
export function mergeSchemas(a: JsonSchema, b: JsonSchema): JsonSchema | undefined {
  const merged: Record<string, unknown> = { ...a }
  for (const [keyword, value] of Object.entries(b)) {
    if (merged[keyword] === undefined) merged[keyword] = value
    else {
      const both = Object.hasOwn(merges, keyword)
        ? merges[keyword]?.(merged[keyword], value)
        : same(merged[keyword], value)
          ? value
          : undefined
      if (both === undefined) return undefined
      merged[keyword] = both
    }
  }
  return merged
}
