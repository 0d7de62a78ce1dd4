import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { JsonSchema } from '../contract/json.ts'
import { narrowForAnthropic, narrowForGemini, narrowForOpenAI } from './narrow.ts'
import { toJsonSchema } from './to-json-schema.ts'
import { compileSchema } from './validate.ts'
import { widen } from './widen.ts'

const object = (properties: Record<string, unknown>, more: object = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
})
const all = { openai: narrowForOpenAI, anthropic: narrowForAnthropic, gemini: narrowForGemini }

/** Every schema inside a schema. */
function* schemasIn(schema: JsonSchema): Generator<JsonSchema> {
  yield schema
  const {
    properties = {},
    $defs = {},
    items,
    prefixItems = [],
    anyOf = [],
    additionalProperties,
  } = schema as Record<string, never>
  for (const one of [
    ...Object.values(properties),
    ...Object.values($defs),
    items,
    ...prefixItems,
    ...anyOf,
    additionalProperties,
  ])
    if (typeof one === 'object' && one) yield* schemasIn(one as JsonSchema)
}

const node = z.object({
  name: z.string(),
  get kids() {
    return z.array(node).optional()
  },
})
const rich = z.object({
  name: z.string().min(3).describe('Full name'),
  age: z.int().min(0).max(150).optional(),
  mail: z.email().optional(),
  role: z.enum(['admin', 'user']).default('user'),
  point: z.tuple([z.number(), z.string()]),
  shape: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), radius: z.number().positive() }),
    z.object({ kind: z.literal('line'), length: z.number().optional() }),
  ]),
  note: z.string().nullable(),
  mixed: z.literal([1, 'x', null]),
  tags: z.array(z.string()).min(2).max(4),
  both: z.object({ a: z.string() }).and(z.object({ b: z.number().optional() })),
})
const value = {
  name: 'Alice',
  role: 'admin',
  point: [1, 'a'],
  shape: { kind: 'line' },
  note: null,
  mixed: 'x',
  tags: ['a', 'b'],
  both: { a: 'x' },
}

/** A schema and a value that fits it. */
interface Fitting {
  readonly schema: JsonSchema
  readonly value: unknown
}

const { arbitrary } = fc.letrec<{ arbitrary: Fitting; any: Fitting }>((tie) => {
  const constant = (schema: object, value: unknown) => fc.constant({ schema: schema as JsonSchema, value })
  const leaf = fc.oneof(
    constant({ type: 'string', minLength: 1, description: 'text' }, 'abc'),
    constant({ type: 'string', format: 'date' }, '2020-01-01'),
    constant({ type: 'integer', minimum: 0, exclusiveMaximum: 10 }, 5),
    constant({ type: ['number', 'null'] }, null),
    constant({ enum: ['a', 1, null] }, 'a'),
    constant({ const: true }, true),
    constant({ type: ['string', 'boolean', 'null'], default: null }, false),
  )
  const list = tie('any').map(({ schema, value }) => ({
    schema: { type: 'array', items: schema, minItems: 1 },
    value: [value],
  }))
  const tuple = fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((items) => ({
    schema: { prefixItems: items.map(({ schema }) => schema), items: false, type: 'array' },
    value: items.map(({ value }) => value),
  }))
  const map = tie('any').map(({ schema, value }) => ({
    schema: { type: 'object', additionalProperties: schema },
    value: { x: value },
  }))
  const union = fc.tuple(fc.constantFrom('anyOf', 'oneOf'), tie('any'), leaf).map(([keyword, one, other]) => ({
    schema: { [keyword]: [one.schema, other.schema], title: 'Either' },
    value: one.value,
  }))
  const both = fc.tuple(tie('arbitrary'), tie('arbitrary')).map(([one, other]) => ({
    schema: { allOf: [one.schema, other.schema] },
    value: { ...(one.value as object), ...(other.value as object) },
  }))
  const record = fc
    .dictionary(
      fc.constantFrom('a', 'b', 'c', '__proto__'),
      fc.tuple(tie('any'), fc.constantFrom('required', 'present', 'absent')),
      { minKeys: 1 },
    )
    .map((fields) => {
      const entries = Object.entries(fields)
      const given = entries.filter(([, [, how]]) => how !== 'absent')
      return {
        schema: {
          type: 'object',
          properties: Object.fromEntries(entries.map(([key, [{ schema }]]) => [key, schema])),
          required: entries.filter(([, [, how]]) => how === 'required').map(([key]) => key),
        },
        value: Object.fromEntries(given.map(([key, [{ value }]]) => [key, value])),
      }
    })
  return {
    arbitrary: record,
    any: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, record, list, tuple, union, map, both),
  }
})

/** What a model would write under a narrowed schema: null for what is absent. */
function filled(given: unknown, schema: JsonSchema): unknown {
  const { anyOf, items, prefixItems, properties = {}, required = [] } = schema as Record<string, never>
  if (anyOf) {
    const tries = (anyOf as JsonSchema[]).map((one) => filled(given, one))
    return tries.find((one) => compileSchema({ ...schema })(one).length === 0) ?? given
  }
  if (Array.isArray(given))
    return given.map((item, at) => filled(item, (prefixItems as JsonSchema[] | undefined)?.[at] ?? items ?? {}))
  if (typeof given !== 'object' || given === null) return given
  const keys = new Set([...Object.keys(given), ...(required as string[])])
  return Object.fromEntries(
    [...keys].map((key) => {
      const has = Object.hasOwn(given, key)
      const one = Object.hasOwn(properties, key) ? (properties as Record<string, JsonSchema>)[key] : {}
      return [key, has ? filled((given as Record<string, unknown>)[key], one as JsonSchema) : null]
    }),
  )
}

describe('narrowing', () => {
  it('gives OpenAI closed objects with every property required, the rest in words', () => {
    const narrowed = narrowForOpenAI(toJsonSchema(rich)) as JsonSchema
    expect(narrowed.properties).toMatchObject({
      name: { type: 'string', description: 'Full name (minLength: 3)' },
      age: { type: ['integer', 'null'], minimum: 0, maximum: 150 },
      mail: { type: ['string', 'null'], format: 'email' },
      role: { anyOf: [{ type: 'string', enum: ['admin', 'user'] }, { type: 'null' }] },
      point: { items: { anyOf: [{ type: 'number' }, { type: 'string' }] }, minItems: 2, maxItems: 2 },
      shape: { anyOf: [{ properties: { kind: { const: 'circle' } } }, { required: ['kind', 'length'] }] },
      mixed: { anyOf: [{ enum: [1] }, { enum: ['x'] }, { type: 'null' }] },
      tags: { minItems: 2, maxItems: 4 },
      both: { properties: { a: { type: 'string' }, b: { type: ['number', 'null'] } } },
    })
    const known = [
      'type',
      'title',
      'description',
      'properties',
      'required',
      'additionalProperties',
      'items',
      'enum',
      'const',
      'anyOf',
      'format',
      'pattern',
    ]
    const limits = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems']
    for (const one of schemasIn(narrowed)) {
      expect([...known, ...limits]).toEqual(expect.arrayContaining(Object.keys(one)))
      if (one.type === 'object') {
        expect(one.additionalProperties).toBe(false)
        expect(one.required).toEqual(Object.keys(one.properties as object))
      }
    }
  })

  it('gives Anthropic no limits, and optional properties as they are', () => {
    const narrowed = narrowForAnthropic(toJsonSchema(rich)) as JsonSchema
    expect(narrowed.required).toEqual(['name', 'point', 'shape', 'note', 'mixed', 'tags', 'both'])
    expect(narrowed.properties).toMatchObject({
      age: { type: 'integer', description: '(minimum: 0, maximum: 150)' },
      role: { type: 'string', enum: ['admin', 'user'] },
      tags: { type: 'array', description: '(minItems: 2, maxItems: 4)' },
    })
    for (const one of schemasIn(narrowed)) {
      for (const keyword of [
        'minimum',
        'maximum',
        'multipleOf',
        'minLength',
        'maxLength',
        'maxItems',
        'oneOf',
        'allOf',
      ])
        expect(one).not.toHaveProperty(keyword)
      if (one.type === 'object') expect(one.additionalProperties).toBe(false)
    }
  })

  it('gives Gemini tuples, open objects and maps, but no constants', () => {
    const narrowed = narrowForGemini(toJsonSchema(rich)) as JsonSchema
    expect(narrowed.properties).toMatchObject({
      point: { prefixItems: [{ type: 'number' }, { type: 'string' }] },
      shape: { anyOf: [{ properties: { kind: { enum: ['circle'] } } }, {}] },
    })
    for (const one of schemasIn(narrowed)) expect(one).not.toHaveProperty('const')
    const map = object({ r: { type: 'object', additionalProperties: { type: 'number' } } })
    expect(narrowForGemini(map)).toEqual({ ...map })
  })

  it('lets through what the schema does, with nulls for what is absent', () => {
    const full = compileSchema(toJsonSchema(rich))
    expect(full(value)).toEqual([])
    for (const [name, narrow] of Object.entries(all)) {
      const issues = compileSchema(narrow(toJsonSchema(rich)) as JsonSchema)
      const nulls = { age: null, mail: null, shape: { kind: 'line', length: null }, both: { a: 'x', b: null } }
      const written = name === 'openai' ? { ...value, ...nulls } : value
      expect(issues(written), name).toEqual([])
      expect(widen(written, toJsonSchema(rich))).toEqual(value)
    }
  })

  it('lets through every value of a schema, whatever the schema', () => {
    fc.assert(
      fc.property(arbitrary, ({ schema, value }) => {
        const full = compileSchema(schema)
        fc.pre(full(value).length === 0)
        for (const [name, narrow] of Object.entries(all)) {
          const narrowed = narrow(schema)
          if (!narrowed) continue
          const written = filled(value, narrowed)
          expect(compileSchema(narrowed)(written), name).toEqual([])
          expect(full(widen(written, schema)), name).toEqual([])
        }
      }),
      { numRuns: 100 },
    )
  })

  it('narrows a schema once', () => {
    const schema = object({ a: { type: 'string' } })
    for (const narrow of Object.values(all)) expect(narrow(schema)).toBe(narrow(schema))
  })

  it('keeps definitions, and puts in place those that have a description of their own', () => {
    const schema = object(
      { a: { $ref: '#/$defs/A', description: 'first' }, b: { $ref: '#/$defs/A' }, c: { $ref: '#/$defs/Alias' } },
      {
        required: ['a', 'b', 'c'],
        $defs: { A: object({ x: { type: 'string' } }, { required: ['x'] }), Alias: { $ref: '#/$defs/A' } },
      },
    )
    for (const narrow of Object.values(all)) {
      const narrowed = narrow(schema) as JsonSchema
      expect(narrowed).toMatchObject({
        properties: {
          a: { type: 'object', description: 'first' },
          b: { $ref: '#/$defs/A' },
          c: { $ref: '#/$defs/Alias' },
        },
        $defs: { A: { type: 'object' }, Alias: { $ref: '#/$defs/A' } },
      })
      expect(compileSchema(narrowed)({ a: { x: '' }, b: { x: '' }, c: { x: 1 } })).toHaveLength(1)
    }
  })

  it('lets schemas refer to themselves where the service does', () => {
    const recursive = toJsonSchema(node)
    expect(narrowForOpenAI(recursive)?.properties).toMatchObject({
      kids: { type: ['array', 'null'], items: { $ref: '#' } },
    })
    expect(narrowForAnthropic(recursive)).toBeUndefined()
    expect(narrowForGemini(recursive)).toMatchObject({ required: ['name'] })
    // Gemini takes a reference to itself only below a property that is not required.
    const needed = { ...recursive, required: ['name', 'kids'] }
    expect(narrowForGemini(needed)).toMatchObject({ required: ['name'] })
    const named = object(
      { tree: { $ref: '#/$defs/Tree' } },
      { required: ['tree'], $defs: { Tree: object({ left: { $ref: '#/$defs/Tree' } }) } },
    )
    expect(narrowForGemini(named)).toMatchObject({
      required: ['tree'],
      $defs: { Tree: { properties: { left: { $ref: '#/$defs/Tree' } } } },
    })
  })

  it.each<[string, JsonSchema, readonly (keyof typeof all)[]]>([
    ['a list outermost', { type: 'array', items: { type: 'string' } }, []],
    ['a union outermost', { anyOf: [object({}), object({})] }, []],
    ['anything at all', object({ a: {} }), []],
    ['nothing at all', object({ a: false }), []],
    ['a map', object({ a: { type: 'object', additionalProperties: { type: 'string' } } }), ['gemini']],
    ['an object with free keys', object({ a: { type: 'object' } }), ['gemini']],
    ['keys by pattern', object({ a: object({}, { patternProperties: { '^x': {} } }) }), ['gemini']],
    ['objects as constants', object({ a: { const: { b: 1 } } }), []],
    ['another document', object({ a: { $ref: 'https://example.org/a.json' } }), []],
    ['more than two types', object({ a: { type: ['string', 'number', 'null'] } }), ['openai', 'anthropic', 'gemini']],
    ['required keys without a schema', object({ a: { type: 'string' } }, { required: ['b'] }), ['gemini']],
    ['conditions on other keys', object({ a: { type: 'string' } }, { if: {}, else: object({ b: {} }) }), ['gemini']],
    [
      '25 optional properties',
      object(Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`p${n}`, { type: 'string' }]))),
      ['openai', 'gemini'],
    ],
    [
      '17 unions',
      object(Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`p${n}`, { type: ['string', 'null'] }])), {
        required: Array.from({ length: 17 }, (_, n) => `p${n}`),
      }),
      ['openai', 'gemini'],
    ],
    ['1,001 enum values', object({ a: { enum: Array.from({ length: 1_001 }, (_, n) => n) } }), ['anthropic', 'gemini']],
    [
      '11 levels',
      Array.from({ length: 10 }).reduce<JsonSchema>((inner) => object({ a: inner }, { required: ['a'] }), object({})),
      ['gemini'],
    ],
  ])('can say %s only to some', (_, schema, services) => {
    const schemaOrClosed = schema
    expect(Object.keys(all).filter((name) => all[name as keyof typeof all](schemaOrClosed) !== undefined)).toEqual(
      services,
    )
  })

  it('ends on hostile schemas', () => {
    const deep = Array.from({ length: 50_000 }).reduce<JsonSchema>(
      (inner) => object({ a: inner }),
      object({ b: { type: 'string' } }),
    )
    const $defs = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [
        `d${n}`,
        { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
      ]),
    )
    const bomb = object({ a: { $ref: '#/$defs/d0' } }, { $defs: { ...$defs, d60: { type: 'string' } } })
    const loop = object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } })
    const proto = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}')
    for (const narrow of Object.values(all)) {
      for (const schema of [deep, bomb, { $ref: '#' }, { allOf: [{ $ref: '#' }] }])
        expect(narrow(schema)).toBeUndefined()
      narrow(loop)
      expect(Object.keys(narrow(proto)?.properties as object)).toEqual(['__proto__'])
    }
  })
})

describe('widen', () => {
  it.each<[string, JsonSchema, unknown, unknown]>([
    ['optional properties', object({ a: { type: 'string' } }), { a: null }, {}],
    ['required ones', object({ a: { type: 'string' } }, { required: ['a'] }), { a: null }, { a: null }],
    [
      'optional ones that may be null',
      object({ a: { type: ['string', 'null'] }, b: {}, c: { anyOf: [{ type: 'null' }, { type: 'number' }] } }),
      { a: null, b: null, c: null },
      { a: null, b: null, c: null },
    ],
    ['keys that it does not know', object({}), { a: null }, { a: null }],
    [
      'lists',
      object({ a: { items: object({ b: { enum: [1] } }) } }),
      { a: [{ b: null }, { b: 1 }] },
      { a: [{}, { b: 1 }] },
    ],
    ['tuples', { prefixItems: [{ type: 'null' }, object({ b: { const: 1 } })] }, [null, { b: null }], [null, {}]],
    [
      'references',
      object({ a: { $ref: '#/$defs/A' } }, { $defs: { A: object({ a: { $ref: '#/$defs/A' } }) } }),
      { a: { a: { a: null } } },
      { a: { a: {} } },
    ],
    [
      'the alternative that was meant',
      { oneOf: [object({ k: { const: 1 }, a: { type: 'null' } }), object({ k: { const: 2 }, a: { type: 'string' } })] },
      { k: 2, a: null },
      { k: 2 },
    ],
    ['maps', { additionalProperties: object({ a: { type: 'string' } }) }, { x: { a: null } }, { x: {} }],
  ])('in %s', (_, schema, given, expected) => {
    expect(widen(given, schema)).toEqual(expected)
  })

  it('gives back the same value when nothing changes, and leaves the given one alone', () => {
    const schema = object({ a: { type: 'string' }, b: object({ c: { type: 'string' } }) })
    const same = { b: { c: 'x' } }
    expect(widen(same, schema)).toBe(same)
    const given = { a: null, b: { c: 'x' } }
    const widened = widen(given, schema) as typeof given
    expect(given).toEqual({ a: null, b: { c: 'x' } })
    expect(widened.b).toBe(given.b)
  })

  it('ends on hostile schemas and values', () => {
    const value = JSON.parse(`${'{"a":'.repeat(50_000)}null${'}'.repeat(50_000)}`)
    expect(() => widen(value, { properties: { a: { $ref: '#' } } })).not.toThrow()
    const many = { allOf: Array.from({ length: 50 }, () => ({ $ref: '#/allOf/0' })) }
    expect(widen({ a: null }, many)).toEqual({ a: null })
  })
})
