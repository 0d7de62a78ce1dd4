import { tooLarge } from '../automaton/dfa.ts'
import { hasUnicodeSyntax } from '../regex/parse.ts'
import { invalid, isObject, type Keywords, refused, type Schema, type SchemaDocument } from './document.ts'
import { formats } from './formats.ts'
import { admitsScalar, isScalar } from './scalar.ts'
import {
  anyArray,
  anyNumber,
  anyObject,
  anyText,
  anyValue,
  type Bound,
  intersectShapes,
  type Layer,
  onlyValues,
  type Plain,
  type Shape,
} from './shape.ts'
import type { Strings } from './strings.ts'

/** Alternatives of which exactly one may hold. */
interface Exclusive {
  readonly at: string
  readonly branches: readonly (readonly Shape[])[]
}

/** Reads schemas as alternatives. */
export interface Reader {
  /** What a schema allows: any of these. Throws `unsupported` for a keyword that can't be enforced, `invalid-argument` for one that holds what it must not. */
  alternatives(schema: Schema): readonly Shape[]
  /** Every `oneOf` that was read: its branches must turn out not to overlap. */
  readonly exclusives: readonly Exclusive[]
}

/** What a keyword is read with. */
interface Reading {
  readonly schema: Schema
  readonly keywords: Keywords
  readonly document: SchemaDocument
  alternatives(schema: Schema): readonly Shape[]
  /** What two lists of alternatives say together. */
  both(a: readonly Shape[], b: readonly Shape[]): readonly Shape[]
}

type Keyword = (value: unknown, reading: Reading) => readonly Shape[]

/** Schemas that lead to one another for one value. */
const deepest = 200
/** All combinations of alternatives of one schema. */
const mostAlternatives = 1_000
/** Pairs of alternatives that are looked at in all: a second or so. */
const mostMeetings = 300_000
/** Branches of a `oneOf`, which are compared pair by pair. */
const mostBranches = 200

/** Reads the schemas of a document. */
export function reader(document: SchemaDocument, strings: Strings): Reader {
  const known = new Map<Schema, readonly Shape[]>()
  const active = new Set<Schema>()
  const exclusives: Exclusive[] = []
  let meetings = 0
  const { $schema } = document.root.keywords ?? {}
  const onlyRefs = typeof $schema === 'string' && /draft-0[3-7]/.test($schema)
  return { alternatives, exclusives }

  function alternatives(schema: Schema): readonly Shape[] {
    if (!schema.keywords) return schema.value ? [anyValue] : []
    let found = known.get(schema)
    if (!found) {
      if (active.has(schema)) throw invalid(`The schema at ${schema.at} refers to itself without anything in between.`)
      if (active.size >= deepest)
        throw refused('$ref', schema.at, `it leads through more than ${deepest} schemas to one and the same value`)
      active.add(schema)
      found = read(schema, schema.keywords)
      active.delete(schema)
      known.set(schema, found)
    }
    return found
  }

  function read(schema: Schema, all: Keywords): readonly Shape[] {
    const keywords = onlyRefs && all.$ref !== undefined ? { $ref: all.$ref } : all
    const both = (a: readonly Shape[], b: readonly Shape[]) => product(a, b, schema)
    const reading: Reading = { schema, keywords, document, alternatives, both }
    let shapes: readonly Shape[] = [anyValue]
    for (const [name, value] of Object.entries(keywords)) {
      if (value === undefined || annotations.has(name) || name.startsWith('x-') || name === 'oneOf') continue
      const keyword = Object.hasOwn(table, name) ? table[name] : undefined
      if (!keyword) throw refused(name, schema.at, 'this engine does not know it')
      shapes = both(shapes, keyword(value, reading))
    }
    const found = keywords.oneOf === undefined ? shapes : exclusive(shapes, keywords.oneOf, reading)
    if (found.length > mostAlternatives)
      throw refused('anyOf', schema.at, `it has more than ${mostAlternatives} alternatives`)
    return found
  }

  function exclusive(shapes: readonly Shape[], value: unknown, reading: Reading): readonly Shape[] {
    const branches = schemasIn(value, 'oneOf', reading).map((branch) =>
      reading.both(shapes, reading.alternatives(branch)),
    )
    if (branches.length > mostBranches)
      throw refused('oneOf', reading.schema.at, `it has more than ${mostBranches} branches`)
    exclusives.push({ at: reading.schema.at, branches })
    return joined(branches.flat())
  }

  function product(a: readonly Shape[], b: readonly Shape[], { at }: Schema): readonly Shape[] {
    if (a.length === 1 && a[0] === anyValue) return b
    const shapes: Shape[] = []
    for (const one of a)
      for (const other of b) {
        if (++meetings > mostMeetings) throw tooLarge('The schema')
        const both = intersectShapes(one, other)
        const shape = both && withScalarsChecked(both)
        if (shape && shapes.push(shape) > mostAlternatives)
          throw refused(
            'anyOf',
            at,
            `together with what stands beside it, it has more than ${mostAlternatives} combinations`,
          )
      }
    return joined(shapes)
  }

  /** Constants that are no objects or arrays are compared with the other keywords at once, and stand alone from then on. */
  function withScalarsChecked(shape: Shape): Shape | undefined {
    if (!shape.values?.every(isScalar)) return shape
    const values = shape.values.filter((value) => admitsScalar(strings, shape, value))
    return values.length > 0 ? onlyValues(values) : undefined
  }
}

/** Constants of several alternatives are one list. */
function joined(shapes: readonly Shape[]): readonly Shape[] {
  const constants = shapes.filter(({ values }) => values?.every(isScalar))
  if (constants.length < 2) return shapes
  const values = constants.flatMap((shape) => shape.values ?? [])
  return [...shapes.filter((shape) => !constants.includes(shape)), onlyValues(values)]
}

/** Keywords that say nothing about what is valid. */
const annotations: ReadonlySet<string> = new Set([
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

const schemasIn = (value: unknown, name: string, reading: Reading): readonly Schema[] =>
  listIn(value, name, reading).map((schema, i) => reading.document.child(reading.schema, schema, name, i))
