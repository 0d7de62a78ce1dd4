import { isAnyModelError } from '@anymodel/core'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { takes, writeAtRandom } from '../testing/grammar/random-model.ts'
import { byteVocabulary } from '../testing/grammar/vocabularies.ts'
import { random } from '../text/random.ts'
import { compileGrammar } from './index.ts'

const vocabulary = byteVocabulary(['": ', '", "', '{"', '"}', '[[', ']]'])
const grammarOf = (schema: unknown) => compileGrammar({ type: 'json-schema', schema }, vocabulary)

/** The code and the words of the error. */
function refusal(schema: unknown): { code: string; message: string } {
  try {
    grammarOf(schema)
  } catch (error) {
    if (isAnyModelError(error)) return { code: error.code, message: error.message }
    throw error
  }
  return { code: 'none', message: '' }
}

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let schema: unknown = { type: 'null' }
  for (let i = 0; i < depth; i++) schema = wrap(schema)
  return schema
}

/** Every one is over in a moment: a test that hangs fails. */
describe('schemas that could take for ever', () => {
  it('an enum of 10,000 texts', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `value ${i} é`)
    const grammar = grammarOf({ enum: values })
    const { text } = writeAtRandom(grammar.begin(), vocabulary, random(1))
    expect(values).toContain(JSON.parse(text))
    expect(takes(grammar.begin(), '"value 10000')).toBe(false)
  })

  it('500 optional properties, and 200 alternatives', () => {
    const properties = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, { type: 'boolean' }]))
    const { text } = writeAtRandom(grammarOf({ type: 'object', properties }).begin(), vocabulary, random(2))
    expect(typeof JSON.parse(text)).toBe('object')
    const anyOf = Array.from({ length: 200 }, (_, i) => ({
      type: 'object',
      properties: { kind: { const: `k${i}` }, value: { type: 'integer' } },
      required: ['kind', 'value'],
    }))
    expect(takes(grammarOf({ oneOf: anyOf }).begin(), '{"kind": "k199", "value": 1}')).toBe(true)
  })

  it('lengths and counts in billions', () => {
    const begin = (schema: unknown) => grammarOf(schema).begin()
    expect(takes(begin({ type: 'string', maxLength: 4e9 }), '"abc"')).toBe(true)
    expect(takes(begin({ type: 'array', minItems: 1e9 }), '[1]')).toBe(false)
    expect(takes(begin({ type: 'array', items: { type: 'null' }, maxItems: 1e12 }), '[null, null]')).toBe(true)
    expect(takes(begin({ type: 'object', minProperties: 1e9 }), '{}')).toBe(false)
    expect(takes(begin({ type: 'number', minimum: -1e308, maximum: 1e308 }), '123456789012345')).toBe(true)
    expect(refusal({ type: 'string', pattern: '^a', maxLength: 1e9 }).code).toBe('unsupported')
    expect(refusal({ type: 'integer', minimum: 1e16 }).code).toBe('invalid-argument')
    expect(refusal({ type: 'integer', multipleOf: 123_456_789 }).code).toBe('unsupported')
  })

  it('alternatives that multiply', () => {
    const pair = (i: number) => ({ anyOf: [{ required: [`a${i}`] }, { required: [`b${i}`] }] })
    expect(refusal({ allOf: Array.from({ length: 30 }, (_, i) => pair(i)) })).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('combinations'),
    })
    expect(
      refusal({ dependentRequired: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, ['z']])) }).code,
    ).toBe('unsupported')
  })

  it('constants and alternatives that are compared with one another', () => {
    const values = (from: number) => Array.from({ length: 10_000 }, (_, i) => `v${from + i}`)
    expect(takes(grammarOf({ oneOf: [{ enum: values(0) }, { enum: values(10_000) }] }).begin(), '"v19999"')).toBe(true)
    expect(refusal({ oneOf: [{ enum: values(0) }, { enum: values(9_999) }] }).code).toBe('unsupported')
    const kinds = { anyOf: Array.from({ length: 900 }, (_, i) => ({ type: 'object', maxProperties: i })) }
    expect(refusal({ allOf: [kinds, kinds] }).code).toBe('unsupported')
    expect(refusal({ anyOf: Array.from({ length: 5_000 }, (_, i) => ({ type: 'array', minItems: i })) }).code).toBe(
      'unsupported',
    )
  })

  it('a long chain of references', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, i) => [
        `d${i}`,
        { anyOf: [{ type: 'null' }, { type: 'array', items: { $ref: `#/$defs/d${i + 1}` }, minItems: 1 }] },
      ]),
    )
    expect(takes(grammarOf({ $defs: { ...$defs, d3000: false }, $ref: '#/$defs/d0' }).begin(), '[[null], null]')).toBe(
      true,
    )
    const plain = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]))
    expect(refusal({ $defs: { ...plain, d3000: true }, $ref: '#/$defs/d0' }).code).toBe('unsupported')
  })

  it('ambiguity that multiplies with every level', () => {
    const schema = {
      $defs: {
        node: {
          anyOf: [
            { type: 'array', items: { $ref: '#/$defs/node' } },
            { type: 'array', items: { $ref: '#/$defs/node' }, maxItems: 5 },
            { type: 'array', items: { $ref: '#/$defs/node' }, maxItems: 7 },
          ],
        },
      },
      $ref: '#/$defs/node',
    }
    expect(takes(grammarOf(schema).begin(), `${'['.repeat(60)}${']'.repeat(60)}`)).toBe(true)
  })

  it('nesting', () => {
    expect(refusal(nested(5_000, (inner) => ({ items: inner }))).code).toBe('invalid-argument')
    expect(refusal(nested(5_000, (inner) => ({ allOf: [inner] }))).code).toBe('invalid-argument')
    expect(refusal({ const: nested(100_000, (inner) => [inner]) }).code).toBe('invalid-argument')
    expect(refusal(nested(90, (items) => ({ type: 'array', items, minItems: 1 }))).code).toBe('unsupported')
    expect(takes(compileGrammar({ type: 'json' }, vocabulary).begin(), '['.repeat(64))).toBe(true)
    expect(takes(compileGrammar({ type: 'json' }, vocabulary).begin(), '['.repeat(65))).toBe(false)
    expect(takes(grammarOf(true).begin(), '"a text alone"')).toBe(true)
    expect(takes(compileGrammar({ type: 'json' }, vocabulary).begin(), '"')).toBe(false)
  })

  test.each([
    ['itself', { $ref: '#' }],
    ['each other', { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }],
    ['itself among others', { anyOf: [{ type: 'null' }, { $ref: '#' }] }],
    ['itself without an end', { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }],
    ['itself in an array without an end', { type: 'array', items: { $ref: '#' }, minItems: 1 }],
  ])('a reference to %s', (_name, schema) => {
    expect(refusal(schema).code).toBe('invalid-argument')
  })

  it('a reference to itself with an end comes to it', () => {
    const list = {
      type: 'object',
      properties: { value: { type: 'integer' }, next: { anyOf: [{ type: 'null' }, { $ref: '#' }] } },
      required: ['value', 'next'],
      additionalProperties: false,
    }
    for (let seed = 0; seed < 5; seed++)
      expect(writeAtRandom(grammarOf(list).begin(), vocabulary, random(seed)).whole).toBe(true)
    let text = '{"value": 1, "next": '.repeat(64)
    expect(takes(grammarOf(list).begin(), text)).toBe(true)
    text += '{'
    expect(takes(grammarOf(list).begin(), text)).toBe(false)
  })

  it('an object that refers to itself as an object of JavaScript', () => {
    const circle: Record<string, unknown> = { type: 'array' }
    circle.items = circle
    expect(takes(grammarOf(circle).begin(), '[[[]]]')).toBe(true)
    const constant: Record<string, unknown> = {}
    constant.self = constant
    expect(refusal({ const: constant }).code).toBe('invalid-argument')
  })
})

describe('schemas that are none', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'object'],
    ['a list', []],
    ['a type that there is not', { type: 'text' }],
    ['a type from a prototype', { type: 'toString' }],
    ['an enum that is no list', { enum: 'a' }],
    ['a constant that JSON has not', { const: Number.NaN }],
    ['a function', { enum: [() => 1] }],
    ['a minimum that is no number', { minimum: '1' }],
    ['a length below zero', { minLength: -1 }],
    ['a half item', { maxItems: 1.5 }],
    ['multiples of zero', { multipleOf: 0 }],
    ['required that is no list', { required: 'a' }],
    ['properties that are no object', { properties: [] }],
    ['a property that is no schema', { properties: { a: 1 } }],
    ['a pattern that is none', { pattern: '(' }],
    ['a reference to nothing', { $ref: '#/$defs/none' }],
    ['a reference into a prototype', { $ref: '#/constructor' }],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema.json' }],
    ['a reference that is no URI', { $ref: 'http://[' }],
    ['a reference that is no text', { $ref: 1 }],
  ])('%s', (_name, schema) => {
    expect(refusal(schema).code).toBe('invalid-argument')
  })
})

/** Every keyword there is, and what must not be taken for one. */
const keywords = [
  ...[
    'type',
    'enum',
    'const',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'multipleOf',
    'minLength',
    'maxLength',
    'pattern',
  ],
  ...[
    'format',
    'items',
    'prefixItems',
    'minItems',
    'maxItems',
    'uniqueItems',
    'contains',
    'properties',
    'required',
    'if',
  ],
  ...['patternProperties', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties', 'allOf', 'anyOf'],
  ...['oneOf', 'not', '$ref', '$id', '$anchor', '$defs', 'dependentRequired', 'dependentSchemas', 'unevaluatedItems'],
  ...['unevaluatedProperties', '$schema', 'toString', '__proto__'],
]
const values = fc.constantFrom<unknown[]>(
  'object',
  'string',
  '#',
  '#/$defs/a',
  '',
  '^a*$',
  '(',
  'date',
  0,
  1,
  -1,
  1e308,
  0.1,
  true,
  false,
  null,
  [],
  {},
)
const junk = fc.letrec<{ value: unknown; schema: unknown }>((tie) => ({
  schema: fc.oneof({ maxDepth: 4 }, values, fc.dictionary(fc.constantFrom(...keywords), tie('value'), { maxKeys: 4 })),
  value: fc.oneof(
    { maxDepth: 4 },
    values,
    tie('schema'),
    fc.array(tie('schema'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('schema'), { maxKeys: 2 }),
  ),
})).schema

describe('any junk', () => {
  it('is a schema that ends, or an error that says what is wrong with it', () => {
    fc.assert(
      fc.property(junk, (schema) => {
        const { code } = refusal(schema)
        expect(['none', 'unsupported', 'invalid-argument']).toContain(code)
        if (code === 'none') writeAtRandom(grammarOf(schema).begin(), vocabulary, random(1), { patience: 4, limit: 60 })
      }),
      { numRuns: 600, seed: 9 },
    )
  })
})

describe('what can not be enforced is refused by its name and place', () => {
  test.each<[string, unknown, string]>([
    ['not', { not: { type: 'string' } }, '#'],
    ['if', JSON.parse('{ "if": { "type": "string" }, "then": { "minLength": 1 } }'), '#'],
    ['contains', { properties: { a: { contains: { type: 'string' } } } }, '#/properties/a'],
    ['uniqueItems', { items: { type: 'array', uniqueItems: true } }, '#/items'],
    ['oneOf', { properties: { 'a/b': { oneOf: [{ minimum: 1 }, { maximum: 2 }] } } }, '#/properties/a~1b'],
    ['format', { prefixItems: [{ type: 'string', format: 'cron' }] }, '#/prefixItems/0'],
    ['unevaluatedProperties', { allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, '#'],
    ['$dynamicRef', { $defs: { a: { $dynamicRef: '#a' } }, items: { $ref: '#/$defs/a' } }, '#/$defs/a'],
    ['nullable', { additionalProperties: { nullable: true } }, '#/additionalProperties'],
    ['constructor', { constructor: 1 }, '#'],
    ['propertyNames', { propertyNames: { format: 'date' } }, '#'],
    ['patternProperties', { patternProperties: { '\\-': true } }, '#'],
  ])('%s', (keyword, schema, at) => {
    expect(refusal(schema)).toEqual({
      code: 'unsupported',
      message: expect.stringContaining(`"${keyword}" at ${at} can't be enforced`),
    })
  })

  test.each([
    [{ type: 'string', pattern: '(?=a)' }],
    [{ type: 'string', pattern: '\\bword' }],
    [{ patternProperties: { '(a)\\1': true } }],
  ])('%j', (schema) => {
    expect(refusal(schema).code).toBe('unsupported')
  })
})

describe('keywords that contradict each other', () => {
  test.each<[unknown]>([
    [false],
    [{ enum: [] }],
    [{ type: 'string', const: 1 }],
    [{ type: 'integer', minimum: 2, maximum: 1 }],
    [{ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 }],
    [{ type: 'integer', multipleOf: 7, minimum: 8, maximum: 13 }],
    [{ type: 'string', minLength: 3, maxLength: 2 }],
    [{ type: 'string', pattern: '^a{5}$', maxLength: 4 }],
    [{ allOf: [{ type: 'string' }, { type: 'number' }] }],
    [{ type: 'object', required: ['a'], properties: { a: false } }],
    [{ type: 'object', required: ['a'], additionalProperties: false }],
    [{ type: 'object', minProperties: 2, properties: { a: true }, additionalProperties: false }],
    [{ type: 'object', minProperties: 3, propertyNames: { enum: ['a', 'b'] } }],
    [{ type: 'array', minItems: 2, prefixItems: [true], items: false }],
    [{ oneOf: [false, false] }],
  ])('%j', (schema) => {
    expect(refusal(schema)).toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('No value fits'),
    })
  })
})
