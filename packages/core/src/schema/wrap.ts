import type { JsonSchema } from '../contract/json.ts'
import { AnyModelError } from '../errors.ts'
import { isSchemaObject, refTarget } from './pointer.ts'

/** Keywords that hold values, in which `$ref` is a key like any other. */
const literal = new Set(['const', 'enum', 'default', 'examples'])
const deepest = 200

/** True when the schema lets only objects through, as far as its outermost keywords tell. */
export function isObjectSchema(schema: JsonSchema, root = schema, depth = 0): boolean {
  if (schema.anyOf !== undefined || schema.oneOf !== undefined || depth > 20) return false
  if (schema.type !== undefined) return schema.type === 'object'
  if (schema.properties !== undefined) return true
  const parts = [refTarget(root, schema.$ref), ...(Array.isArray(schema.allOf) ? schema.allOf : [])]
  return parts.some((part) => isSchemaObject(part) && isObjectSchema(part, root, depth + 1))
}

/** An object with one property that fits the schema: services want an object outermost. */
export const wrapValue = /* @__PURE__ */ cached((schema) => wrapped('value', moved(schema, '/properties/value', 0)))

/** An object with one property that is a list of what fits the schema. */
export const wrapList = /* @__PURE__ */ cached((schema) =>
  wrapped('elements', { type: 'array', items: moved(schema, '/properties/elements/items', 0) }),
)

/** Calls of it are marked as pure: bundlers leave them out of programs that ask for no object. */
function cached(wrap: (schema: JsonSchema) => JsonSchema): (schema: JsonSchema) => JsonSchema {
  const known = new WeakMap<JsonSchema, JsonSchema>()
  return (schema) => {
    const made = known.get(schema) ?? wrap(schema)
    known.set(schema, made)
    return made
  }
}

export const wrapped = (key: string, schema: unknown): JsonSchema => ({
  type: 'object',
  properties: { [key]: schema },
  required: [key],
  additionalProperties: false,
})

/** The schema with its references pointing to where it will stand. */
function moved(schema: unknown, to: string, depth: number): unknown {
  if (depth > deepest) throw new AnyModelError('invalid-argument', 'The schema nests too deeply.')
  if (Array.isArray(schema)) return schema.map((item) => moved(item, to, depth + 1))
  if (!isSchemaObject(schema)) return schema
  const entries = Object.entries(schema).filter(
    ([keyword]) => depth > 0 || (keyword !== '$schema' && keyword !== '$id'),
  )
  return Object.fromEntries(
    entries.map(([keyword, value]) => {
      if (literal.has(keyword)) return [keyword, value]
      if (keyword === '$ref' && typeof value === 'string' && /^#(?:\/|$)/.test(value))
        return [keyword, `#${to}${value.slice(1)}`]
      return [keyword, moved(value, to, depth + 1)]
    }),
  )
}
