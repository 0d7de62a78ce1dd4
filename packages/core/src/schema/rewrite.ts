import type { JsonSchema } from '../contract/json.ts'
import { mergeSchemas } from './merge.ts'
import { isSchemaObject, refTarget } from './pointer.ts'

/** What a service takes of JSON Schema, as data. Types, `properties`, `items`, `anyOf`, `enum`, `$defs` and `$ref` all have. */
export interface Rules {
  /** Further keywords that it honours. Any other moves into the description. */
  readonly keep: readonly string[]
  readonly formats: readonly string[]
  /** Largest `minItems` when that is limited. */
  readonly minItems?: number
  /** `nullable`: every property must be required, one that is not may be null instead. */
  readonly optional: 'nullable' | 'kept'
  /** Whether objects may have keys beyond their properties. */
  readonly open: boolean
  /** `prefixItems`. */
  readonly tuples: boolean
  readonly const: boolean
  /** Where a schema may refer to itself. */
  readonly recursion: 'anywhere' | 'below-optional' | 'nowhere'
  readonly limits: Partial<Record<Count, number>>
}

type Count = 'properties' | 'depth' | 'characters' | 'enumValues' | 'optional' | 'unions'
type Mutable = Record<string, unknown>

/** Thrown through the walk when something can't be said; never leaves this file. A schema too deep even to print throws a RangeError. */
const unsayable = new Error('unsayable')
/** Against schemas that are made to be expensive. */
const mostNodes = 20_000
const deepest = 100
/** A single enum of strings longer than this many values may have this many characters. */
const longEnum = { values: 250, characters: 15_000 }

const ofType: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding', 'contentMediaType'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains'],
  object: ['patternProperties', 'propertyNames', 'minProperties', 'maxProperties', 'dependentRequired', 'dependencies'],
}
const types = new Set([...Object.keys(ofType), 'boolean', 'null'])
const ofAny = ['not', 'if', 'then', 'else', 'dependentSchemas', 'default', 'examples']
/** Say nothing about values, or are answered elsewhere in this file. */
const annotations = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'deprecated',
])

/** The schema in a service's subset; `undefined` when it can't be said in it. What it lets through may be more than the schema does, so answers are checked against the schema afterwards. */
export function rewrite(schema: JsonSchema, rules: Rules): JsonSchema | undefined {
  try {
    return new Rewriting(schema, rules).result()
  } catch (error) {
    if (error === unsayable || error instanceof RangeError) return undefined
    throw error
  }
}

class Rewriting {
  readonly #root: JsonSchema
  readonly #rules: Rules
  readonly #defs = new Map<unknown, { name: string; schema?: JsonSchema }>()
  readonly #counts: Record<Count, number> = {
    properties: 0,
    depth: 0,
    characters: 0,
    enumValues: 0,
    optional: 0,
    unions: 0,
  }
  #nodes = 0
  /** References to schemas around them that no optional property stands above yet. */
  #cycles = 0

  constructor(root: JsonSchema, rules: Rules) {
    this.#root = root
    this.#rules = rules
  }

  result(): JsonSchema {
    this.#defs.set(this.#root, { name: '' })
    const schema = this.#flat(this.#root, 0)
    if (schema.type !== 'object' && !(schema.type === undefined && isSchemaObject(schema.properties))) throw unsayable
    if (schema.anyOf !== undefined || schema.oneOf !== undefined || schema.$ref !== undefined) throw unsayable
    const narrowed = this.#typed(schema, 'object', 1)
    const defs = [...this.#defs.values()].filter(({ name }) => name !== '')
    for (const [count, limit] of Object.entries(this.#rules.limits)) {
      if (this.#counts[count as Count] > limit) throw unsayable
    }
    return defs.length === 0
      ? narrowed
      : { ...narrowed, $defs: Object.fromEntries(defs.map(({ name, schema }) => [name, schema])) }
  }

  #walk(schema: unknown, depth: number): JsonSchema {
    if (!isSchemaObject(schema) || depth > deepest || ++this.#nodes > mostNodes) throw unsayable
    const flat = this.#flat(schema, 0)
    if (flat.$ref !== undefined) return this.#reference(flat.$ref, depth)
    const { anyOf, oneOf, ...rest } = flat
    const union = anyOf ?? oneOf
    if (Array.isArray(union)) return this.#union(union, anyOf && oneOf ? { ...rest, oneOf } : rest, depth)
    if (flat.enum !== undefined || flat.const !== undefined) return this.#values(flat)
    const named = typesOf(flat)
    const [type] = named
    if (named.length === 1) return this.#typed(flat, type as string, depth)
    if (named.length === 2 && named.includes('null')) {
      const other = named.find((one) => one !== 'null') as string
      return this.#nullable(this.#typed(flat, other, depth))
    }
    const { title, description, ...each } = flat
    return this.#union(
      named.map((one) => ({ ...each, type: one })),
      { ...(title ? { title } : {}), ...(description ? { description } : {}) },
      depth,
    )
  }

  /** The schema without `allOf` and without `$ref` next to other keywords. */
  #flat(schema: JsonSchema, depth: number): JsonSchema {
    if (depth > deepest || ++this.#nodes > mostNodes) throw unsayable
    const { $ref, allOf, ...own } = schema
    const parts: unknown[] = Array.isArray(allOf) ? [...allOf] : []
    if ($ref !== undefined) {
      const target = refTarget(this.#root, $ref)
      const alone =
        parts.length === 0 && Object.keys(own).every((keyword) => annotations.has(keyword) && keyword !== 'description')
      if (target !== this.#root && (alone || this.#isOpen(target)) && schema !== this.#root) return { $ref }
      if (target === this.#root) return { $ref: '#' }
      parts.push(target)
    }
    return parts.reduce<JsonSchema>((merged, part) => {
      if (!isSchemaObject(part)) throw unsayable
      const flat = this.#flat(part, depth + 1)
      const {
        $defs: _,
        definitions: __,
        $schema: ___,
        $id: ____,
        ...told
      } = flat.$ref === undefined ? flat : this.#target(flat.$ref, depth + 1)
      const both = mergeSchemas(merged, told)
      if (!both) throw unsayable
      return both
    }, own)
  }

  #target(ref: unknown, depth: number): JsonSchema {
    const target = refTarget(this.#root, ref)
    if (!isSchemaObject(target) || this.#isOpen(target)) throw unsayable
    const flat = this.#flat(target, depth)
    return flat.$ref === undefined ? flat : this.#target(flat.$ref, depth + 1)
  }

  /** True while the walk is inside this definition. */
  #isOpen(target: unknown): boolean {
    const def = this.#defs.get(target)
    return def !== undefined && def.schema === undefined
  }

  #reference(ref: unknown, depth: number): JsonSchema {
    const target = refTarget(this.#root, ref)
    if (!isSchemaObject(target)) throw unsayable
    const known = this.#defs.get(target)
    if (known && !known.schema) {
      if (this.#rules.recursion === 'nowhere') throw unsayable
      this.#cycles++
    }
    const def = known ?? { name: this.#nameOf(ref as string) }
    if (!known) {
      this.#defs.set(target, def)
      def.schema = this.#walk(target, depth)
    }
    return { $ref: def.name === '' ? '#' : `#/$defs/${def.name}` }
  }

  #nameOf(ref: string): string {
    const wanted = (ref.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9_-]/g, '_') || 'schema'
    const taken = new Set([...this.#defs.values()].map(({ name }) => name))
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`
    this.#counts.characters += name.length
    return name
  }

  #union(variants: readonly unknown[], base: JsonSchema, depth: number): JsonSchema {
    if (variants.length === 0) throw unsayable
    const { title, description, default: _default, examples: _examples, ...shape } = base
    const hasShape = Object.keys(shape).some((keyword) => !annotations.has(keyword))
    const narrowed = variants.map((variant) => this.#walk(hasShape ? { ...shape, allOf: [variant] } : variant, depth))
    const told = { ...(title ? { title } : {}), ...(description ? { description } : {}) }
    if (narrowed.length === 1) return { ...narrowed[0], ...told }
    this.#counts.unions++
    return { ...told, anyOf: narrowed }
  }

  /** `enum` and `const`: values of one type each. */
  #values(schema: JsonSchema): JsonSchema {
    const values: readonly unknown[] = schema.const === undefined ? (schema.enum as readonly unknown[]) : [schema.const]
    if (!Array.isArray(values) || values.length === 0 || values.some((value) => typeof value === 'object' && value))
      throw unsayable
    const told = pick(schema, ['title', 'description'])
    const groups = [...new Set(values.map(typeOfValue))].map((type) =>
      this.#valuesOf(
        type,
        values.filter((value) => typeOfValue(value) === type),
        schema.const !== undefined,
      ),
    )
    if (groups.length === 1) return { ...groups[0], ...told }
    this.#counts.unions++
    return { ...told, anyOf: groups }
  }

  #valuesOf(type: string, values: readonly unknown[], asConst: boolean): JsonSchema {
    if (type === 'null') return { type }
    const characters = values.reduce<number>((sum, value) => sum + String(value).length, 0)
    this.#counts.enumValues += values.length
    this.#counts.characters += characters
    if (this.#rules.limits.enumValues && values.length > longEnum.values && characters > longEnum.characters)
      throw unsayable
    if (asConst && this.#rules.const) return { type, const: values[0] }
    // Where `const` is unknown, `enum` takes texts and numbers only.
    if (type === 'boolean' && !this.#rules.const)
      return values.length > 1 ? { type } : { type, description: `Always ${values[0]}.` }
    return { type, enum: values }
  }

  #typed(schema: JsonSchema, type: string, depth: number): JsonSchema {
    if (!types.has(type)) throw unsayable
    const out: Mutable = { type, ...pick(schema, ['title']) }
    if (type === 'object') this.#object(schema, out, depth)
    if (type === 'array') this.#array(schema, out, depth)
    const unsaid: string[] = []
    for (const keyword of [...(ofType[type] ?? []), ...ofAny]) {
      const value = schema[keyword]
      if (value === undefined || isNoise(keyword, value, schema)) continue
      if (this.#keeps(keyword, value)) out[keyword] = value
      else unsaid.push(`${keyword}: ${JSON.stringify(value)}`)
    }
    const description = [schema.description, unsaid.length > 0 ? `(${unsaid.join(', ')})` : undefined]
    const words = description.filter((text) => typeof text === 'string' && text !== '').join(' ')
    return words === '' ? out : { ...out, description: words }
  }

  #keeps(keyword: string, value: unknown): boolean {
    if (keyword === 'format') return this.#rules.formats.includes(value as string)
    if (keyword === 'minItems' && this.#rules.minItems !== undefined) return Number(value) <= this.#rules.minItems
    if (keyword === 'pattern' && !isSimplePattern(value)) return false
    return this.#rules.keep.includes(keyword)
  }

  #object(schema: JsonSchema, out: Mutable, depth: number): void {
    const { open, optional } = this.#rules
    const properties = isSchemaObject(schema.properties) ? Object.entries(schema.properties) : []
    const required = new Set(Array.isArray(schema.required) ? schema.required : [])
    if (!open) this.#mustBeClosed(schema, properties.length)
    this.#counts.properties += properties.length
    this.#counts.depth = Math.max(this.#counts.depth, depth)
    const needed: string[] = []
    const narrowed = properties.map(([key, property]) => {
      const before = this.#cycles
      let one = this.#walk(property, depth + 1)
      const below = this.#rules.recursion === 'below-optional' && this.#cycles > before
      this.#cycles = before
      this.#counts.characters += key.length
      if (!required.has(key)) this.#counts.optional++
      if (!required.has(key) && optional === 'nullable') one = this.#nullable(one)
      if (optional === 'nullable' || (required.has(key) && !below)) needed.push(key)
      return [key, one] as const
    })
    if (properties.length > 0 || !open) out.properties = Object.fromEntries(narrowed)
    if (needed.length > 0 || !open) out.required = needed
    if (!open) out.additionalProperties = false
    else if (schema.additionalProperties !== undefined && !schema.patternProperties)
      out.additionalProperties = isEmpty(schema.additionalProperties)
        ? true
        : schema.additionalProperties === false
          ? false
          : this.#walk(schema.additionalProperties, depth + 1)
  }

  /** Keys that are not in `properties` would be forbidden: no schema may count on them. */
  #mustBeClosed(schema: JsonSchema, properties: number): void {
    const { additionalProperties: more, patternProperties, required = [] } = schema
    const free = more === undefined ? properties === 0 : more !== false
    const elsewhere = [schema.then, schema.else, ...Object.values(schema.dependentSchemas ?? {})]
    if (
      free ||
      (isSchemaObject(patternProperties) && Object.keys(patternProperties).length > 0) ||
      elsewhere.some((one) => isSchemaObject(one) && 'properties' in one) ||
      (required as readonly string[]).some((key) => !Object.hasOwn(schema.properties ?? {}, key))
    )
      throw unsayable
  }

  #array(schema: JsonSchema, out: Mutable, depth: number): void {
    const tuple = Array.isArray(schema.items) ? schema.items : schema.prefixItems
    const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items
    if (!Array.isArray(tuple)) {
      out.items = this.#walk(rest, depth + 1)
      return
    }
    const items = tuple.map((item) => this.#walk(item, depth + 1))
    const others = isSchemaObject(rest) && !isEmpty(rest) ? [this.#walk(rest, depth + 1)] : []
    if (this.#rules.tuples) {
      out.prefixItems = items
      if (others.length > 0) out.items = others[0]
      return
    }
    if (rest !== false && others.length === 0) throw unsayable
    const different = [...new Map([...items, ...others].map((item) => [JSON.stringify(item), item])).values()]
    if (different.length > 1) this.#counts.unions++
    out.items = different.length === 1 ? different[0] : { anyOf: different }
  }

  #nullable(schema: JsonSchema): JsonSchema {
    const { type, anyOf } = schema
    if (type === 'null' || (Array.isArray(type) && type.includes('null'))) return schema
    this.#counts.unions++
    if (Array.isArray(anyOf)) {
      this.#counts.unions--
      return anyOf.some((one) => one.type === 'null') ? schema : { ...schema, anyOf: [...anyOf, { type: 'null' }] }
    }
    if (typeof type !== 'string' || 'enum' in schema || 'const' in schema) return { anyOf: [schema, { type: 'null' }] }
    return { ...schema, type: [type, 'null'] }
  }
}

const pick = (schema: JsonSchema, keywords: readonly string[]): Mutable =>
  Object.fromEntries(keywords.filter((keyword) => schema[keyword] !== undefined).map((key) => [key, schema[key]]))

const isEmpty = (schema: unknown): boolean =>
  schema === true || (isSchemaObject(schema) && Object.keys(schema).every((keyword) => annotations.has(keyword)))

const typeOfValue = (value: unknown): string => (value === null ? 'null' : typeof value)

/** The types that a schema names, or those that its keywords speak of. */
function typesOf(schema: JsonSchema): readonly string[] {
  if (typeof schema.type === 'string') return [schema.type]
  if (Array.isArray(schema.type)) return [...new Set(schema.type as string[])]
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return ['object']
  if (schema.items !== undefined || schema.prefixItems !== undefined) return ['array']
  const implied = ['string', 'number'].filter((type) => ofType[type]?.some((keyword) => schema[keyword] !== undefined))
  if (implied.length === 1) return implied
  throw unsayable
}

/** Patterns with look-around, back references, word boundaries or Unicode classes are beyond what services compile. */
const isSimplePattern = (pattern: unknown): boolean =>
  typeof pattern === 'string' && !/\\[1-9bBkpPu]|\(\?(?!:)|\{\d{4,}|,\d{4,}\}/.test(pattern)

/** What schema libraries write though nobody asked: the safe range of integers, the expression behind a format. */
const isNoise = (keyword: string, value: unknown, schema: JsonSchema): boolean =>
  (typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER) ||
  (keyword === 'pattern' && schema.format !== undefined) ||
  (keyword === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}')
