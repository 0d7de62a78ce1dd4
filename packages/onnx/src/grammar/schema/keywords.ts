import { hasUnicodeSyntax } from '../regex/parse.ts'
import { invalid, isObject, type Keywords, refused, type Schema, type SchemaDocument } from './document.ts'
import { formats } from './formats.ts'
import { joined } from './scalar.ts'
import {
  anyArray,
  anyNumber,
  anyObject,
  anyText,
  anyValue,
  type Bound,
  type Layer,
  onlyValues,
  type Plain,
  type Shape,
} from './shape.ts'

/** What a keyword is read with. */
export interface Reading {
  readonly schema: Schema
  readonly keywords: Keywords
  readonly document: SchemaDocument
  alternatives(schema: Schema): readonly Shape[]
  /** What two lists of alternatives say together. */
  both(a: readonly Shape[], b: readonly Shape[]): readonly Shape[]
}

type Keyword = (value: unknown, reading: Reading) => readonly Shape[]

/** Keywords that say nothing about what is valid. */
export const annotations: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'examples', 'example', 'deprecated', 'readOnly', 'writeOnly'],
  ...['$comment', '$schema', '$id', '$anchor', '$dynamicAnchor', '$defs', 'definitions'],
  ...['contentEncoding', 'contentMediaType', 'contentSchema'],
  // Read with the keyword that they belong to.
  ...['additionalItems', 'minContains', 'maxContains', 'then', 'else'],
])

const types: Readonly<Record<string, Partial<Shape> & { readonly plain?: ReadonlySet<Plain> }>> = {
  null: { plain: new Set<Plain>(['null']) },
  boolean: { plain: new Set<Plain>(['true', 'false']) },
  number: { number: anyNumber },
  integer: { number: { ...anyNumber, integer: true } },
  string: { string: anyText },
  array: { array: anyArray },
  object: { object: anyObject },
}

const type: Keyword = (value, { schema }) => {
  const names = Array.isArray(value) ? value : [value]
  const parts = names.map((name) => {
    if (typeof name !== 'string' || !Object.hasOwn(types, name))
      throw invalid(`"type" at ${schema.at} must be one of ${Object.keys(types).join(', ')}, or a list of them.`)
    return types[name] as Partial<Shape>
  })
  const number = parts.filter((part) => part.number).map((part) => part.number)
  const merged: Shape = Object.assign({ plain: new Set<Plain>() }, ...parts, {
    plain: new Set(parts.flatMap(({ plain }) => [...(plain ?? [])])),
    number: number.find((rule) => rule === anyNumber) ?? number[0],
  })
  return [merged]
}

/** Deeper constants are refused. */
const deepestConstant = 60

function checkConstant(value: unknown, { schema }: Reading, depth = 0): void {
  const fine =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'object' && depth < deepestConstant)
  if (!fine) throw invalid(`The schema at ${schema.at} has a constant that is no JSON value, or nests too deeply.`)
  if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) checkConstant(inner, { schema } as Reading, depth + 1)
}

const constants = (values: readonly unknown[], reading: Reading): readonly Shape[] => {
  for (const value of values) checkConstant(value, reading)
  return values.length > 0 ? [onlyValues(values)] : []
}

/** A keyword that holds a number and speaks of one kind of value. */
const bound =
  (name: string, toShape: (limit: number) => Partial<Shape>): Keyword =>
  (value, reading) => [{ ...anyValue, ...toShape(numberIn(value, name, reading)) }]

/** A keyword that holds a count. */
const count =
  (name: string, toShape: (limit: number) => Partial<Shape>): Keyword =>
  (value, reading) => {
    const limit = numberIn(value, name, reading)
    if (!Number.isInteger(limit) || limit < 0)
      throw invalid(`"${name}" at ${reading.schema.at} must be a whole number, 0 or more.`)
    return [{ ...anyValue, ...toShape(limit) }]
  }

const minimum = (min: Bound): Partial<Shape> => ({ number: { ...anyNumber, min } })
const maximum = (max: Bound): Partial<Shape> => ({ number: { ...anyNumber, max } })

/** Formats of OpenAPI that every number of a type has, as numbers are written here. */
const numberFormats: Readonly<Record<string, readonly unknown[]>> = {
  float: ['number', 'integer'],
  double: ['number', 'integer'],
  int64: ['integer'],
}

/** What the keywords of JSON Schema (draft 2020-12, and draft 7 where it differs) allow. Where keywords share a job, the first one that is there does it. */
const table: Readonly<Record<string, Keyword>> = {
  type,
  enum: (value, reading) => constants(listIn(value, 'enum', reading), reading),
  const: (value, reading) => constants([value], reading),
  minimum: bound('minimum', (value) => minimum({ value, open: false })),
  maximum: bound('maximum', (value) => maximum({ value, open: false })),
  exclusiveMinimum: bound('exclusiveMinimum', (value) => minimum({ value, open: true })),
  exclusiveMaximum: bound('exclusiveMaximum', (value) => maximum({ value, open: true })),
  multipleOf: (value, reading) => {
    const multiple = numberIn(value, 'multipleOf', reading)
    if (multiple <= 0) throw invalid(`"multipleOf" at ${reading.schema.at} must be above 0.`)
    return [{ ...anyValue, number: { ...anyNumber, multiples: [multiple] } }]
  },
  minLength: count('minLength', (min) => ({ string: { ...anyText, min } })),
  maxLength: count('maxLength', (max) => ({ string: { ...anyText, max } })),
  pattern: (value, reading) => [{ ...anyValue, string: { ...anyText, patterns: [textIn(value, 'pattern', reading)] } }],
  format: (value, reading) => {
    const name = textIn(value, 'format', reading)
    if (Object.hasOwn(numberFormats, name) && numberFormats[name]?.includes(reading.keywords.type)) return [anyValue]
    const pattern = Object.hasOwn(formats, name) ? formats[name] : undefined
    if (pattern !== undefined) return [{ ...anyValue, string: { ...anyText, formats: [pattern] } }]
    // Schema libraries write a name of their own beside the pattern that it stands for.
    if (reading.keywords.pattern !== undefined) return [anyValue]
    throw refused('format', reading.schema.at, `there is no pattern for "${name}"`)
  },
  prefixItems: (_value, reading) => items(reading),
  items: (_value, reading) => (reading.keywords.prefixItems === undefined ? items(reading) : [anyValue]),
  minItems: count('minItems', (min) => ({ array: { ...anyArray, min } })),
  maxItems: count('maxItems', (max) => ({ array: { ...anyArray, max } })),
  uniqueItems: (value, { schema }) =>
    value === true ? [{ ...anyValue, array: { ...anyArray, unique: schema.at } }] : [anyValue],
  contains: (value, { keywords, schema }) => {
    if (keywords.minContains === 0 && keywords.maxContains === undefined) return [anyValue]
    if (value !== true || keywords.maxContains !== undefined || keywords.minContains !== undefined)
      throw refused('contains', schema.at, 'an item may fit before it is clear that another one is needed')
    return [{ ...anyValue, array: { ...anyArray, min: 1 } }]
  },
  properties: (_value, reading) => objects(reading),
  patternProperties: (_value, reading) => (reading.keywords.properties === undefined ? objects(reading) : [anyValue]),
  additionalProperties: (_value, reading) =>
    reading.keywords.properties === undefined && reading.keywords.patternProperties === undefined
      ? objects(reading)
      : [anyValue],
  propertyNames: (value, reading) => {
    const { document, schema } = reading
    return [withLayer({ ...emptyLayer(reading), names: document.child(schema, value, 'propertyNames') })]
  },
  required: (value, reading) => [
    { ...anyValue, object: { ...anyObject, required: textsIn(value, 'required', reading) } },
  ],
  minProperties: count('minProperties', (min) => ({ object: { ...anyObject, min } })),
  maxProperties: count('maxProperties', (max) => ({ object: { ...anyObject, max } })),
  dependentRequired: (value, reading) => dependents(value, 'dependentRequired', reading, requiring),
  dependentSchemas: (value, reading) => dependents(value, 'dependentSchemas', reading, following),
  // Draft 7 has both under one name.
  dependencies: (value, reading) =>
    dependents(value, 'dependencies', reading, (needed, ...rest) =>
      (Array.isArray(needed) ? requiring : following)(needed, ...rest),
    ),
  allOf: (value, reading) =>
    schemasIn(value, 'allOf', reading).reduce<readonly Shape[]>(
      (shapes, schema) => reading.both(shapes, reading.alternatives(schema)),
      [anyValue],
    ),
  anyOf: (value, reading) =>
    joined(schemasIn(value, 'anyOf', reading).flatMap((schema) => reading.alternatives(schema))),
  not: (value, { document, schema }) => {
    const inner = document.child(schema, value, 'not')
    const says = inner.keywords ? Object.keys(inner.keywords).some((name) => !annotations.has(name)) : true
    if (inner.keywords && says) throw refused('not', schema.at, 'only { "not": {} } has a grammar')
    return inner.value ? [] : [anyValue]
  },
  if: (_value, { keywords, schema }) => {
    if (keywords.then === undefined && keywords.else === undefined) return [anyValue]
    throw refused('if', schema.at, 'a value may fit before the condition is clear')
  },
  unevaluatedProperties: (value, reading) =>
    unevaluated('unevaluatedProperties', 'additionalProperties', value, reading),
  unevaluatedItems: (value, reading) => unevaluated('unevaluatedItems', 'items', value, reading),
  $ref: (value, { document, schema, alternatives }) =>
    alternatives(document.resolve(schema, textIn(value, '$ref', { schema } as Reading))),
}

/** How a keyword is read; `undefined` for one that is not known. `oneOf` is read last, with all others. */
export const keywordNamed = (name: string): Keyword | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** `prefixItems` and `items`, or in draft 7 `items` as a list and `additionalItems`. */
function items(reading: Reading): readonly Shape[] {
  const { keywords, document, schema } = reading
  const old = Array.isArray(keywords.items)
  const [firstName, restName] = old ? ['items', 'additionalItems'] : ['prefixItems', 'items']
  const first = keywords[firstName]
  const rest = keywords[restName]
  return [
    {
      ...anyValue,
      array: {
        ...anyArray,
        prefix: first === undefined ? [] : schemasIn(first, firstName, reading).map((item) => [item]),
        rest: rest === undefined ? [] : [document.child(schema, rest, restName)],
      },
    },
  ]
}

/** `properties`, `patternProperties` and `additionalProperties` share out the keys. */
function objects(reading: Reading): readonly Shape[] {
  const { keywords, document, schema } = reading
  const schemas = (name: string) =>
    Object.entries(mapIn(keywords[name] ?? {}, name, reading)).map(
      ([key, value]) => [key, document.child(schema, value, name, key)] as const,
    )
  const patterns = schemas('patternProperties')
  for (const [pattern] of patterns)
    if (!hasUnicodeSyntax(pattern))
      throw refused('patternProperties', schema.at, `/${pattern.slice(0, 100)}/ is not valid with flag u`)
  const { additionalProperties } = keywords
  return [
    withLayer({
      at: schema.at,
      properties: new Map(schemas('properties')),
      patterns,
      additional:
        additionalProperties === undefined
          ? document.anything
          : document.child(schema, additionalProperties, 'additionalProperties'),
    }),
  ]
}

const emptyLayer = ({ document, schema }: Reading): Layer => ({
  at: schema.at,
  properties: new Map(),
  patterns: [],
  additional: document.anything,
})

const withLayer = (layer: Layer): Shape => ({ ...anyValue, object: { ...anyObject, layers: [layer] } })

/** What has to hold when a key is there. */
type Dependent = (value: unknown, name: string, key: string, reading: Reading) => readonly Shape[]

const requiring: Dependent = (keys, name, _key, reading) => [
  { ...anyValue, object: { ...anyObject, required: textsIn(keys, name, reading) } },
]

const following: Dependent = (schema, name, key, reading) =>
  reading.alternatives(reading.document.child(reading.schema, schema, name, key))

/** Either the key is not there, or it is and the rest holds. */
function dependents(value: unknown, name: string, reading: Reading, toShapes: Dependent): readonly Shape[] {
  return Object.entries(mapIn(value, name, reading)).reduce<readonly Shape[]>(
    (shapes, [key, needed]) => {
      const absent = withLayer({ ...emptyLayer(reading), properties: new Map([[key, reading.document.nothing]]) })
      const present: Shape = { plain: new Set(), object: { ...anyObject, required: [key] } }
      const either = [absent, ...reading.both([present], toShapes(needed, name, key, reading))]
      return reading.both(shapes, either)
    },
    [anyValue],
  )
}

/** Keywords that look into a value besides the ones right here. */
const applicators = [
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'dependentSchemas',
  'dependencies',
  'contains',
]

/** Without such keywords beside it, `unevaluatedProperties` is `additionalProperties`, and `unevaluatedItems` is `items`. */
function unevaluated(name: string, same: string, value: unknown, reading: Reading): readonly Shape[] {
  const { keywords, schema } = reading
  if (value === true || keywords[same] !== undefined) return [anyValue]
  const beside = applicators.find((applicator) => keywords[applicator] !== undefined)
  if (beside !== undefined) throw refused(name, schema.at, `it depends on what "${beside}" beside it looked at`)
  if (Array.isArray(keywords.items)) throw refused(name, schema.at, 'it stands beside a list of "items"')
  const shapes = same === 'items' ? items : objects
  return shapes({ ...reading, keywords: { ...keywords, [same]: value } })
}

function numberIn(value: unknown, name: string, { schema }: Reading): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw invalid(`"${name}" at ${schema.at} must be a number.`)
}

function textIn(value: unknown, name: string, { schema }: Reading): string {
  if (typeof value === 'string') return value
  throw invalid(`"${name}" at ${schema.at} must be a text.`)
}

function listIn(value: unknown, name: string, { schema }: Reading): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw invalid(`"${name}" at ${schema.at} must be a list.`)
}

const textsIn = (value: unknown, name: string, reading: Reading): readonly string[] =>
  listIn(value, name, reading).map((text) => textIn(text, name, reading))

function mapIn(value: unknown, name: string, { schema }: Reading): Keywords {
  if (isObject(value)) return value
  throw invalid(`"${name}" at ${schema.at} must be an object.`)
}

/** The schemas of a keyword that holds a list of them. */
export const schemasIn = (value: unknown, name: string, reading: Reading): readonly Schema[] =>
  listIn(value, name, reading).map((schema, i) => reading.document.child(reading.schema, schema, name, i))
