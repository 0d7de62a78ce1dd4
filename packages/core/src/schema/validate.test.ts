import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSchema } from './validate.ts'

const issues = (schema: Record<string, unknown>, value: unknown) =>
  compileSchema(schema)(value).map(({ path, message }) => (path === '' ? message : `${path} ${message}`))

const shapes = {
  oneOf: [
    {
      type: 'object',
      properties: { kind: { const: 'circle' }, radius: { type: 'number', minimum: 0 } },
      required: ['kind', 'radius'],
    },
    {
      type: 'object',
      properties: { kind: { const: 'line' }, to: { type: 'array', items: { type: 'number' }, minItems: 2 } },
      required: ['kind', 'to'],
    },
  ],
}

describe('compileSchema', () => {
  it.each<[string, Record<string, unknown>, unknown, string[]]>([
    ['a type', { type: ['string', 'null'] }, 1, ['must be string or null, not number']],
    ['an integer', { type: 'integer' }, 1.5, ['must be integer, not number']],
    ['a missing key', { required: ['a', 'b'] }, { a: 1 }, ['b is missing']],
    ['a key too many', { properties: { a: {} }, additionalProperties: false }, { a: 1, b: 2 }, ['b is not allowed']],
    ['something deep', { items: { properties: { a: { maximum: 3 } } } }, [{}, { a: 4 }], ['1.a must be at most 3']],
    ['an enum', { enum: ['a', 1] }, 'b', ['must be one of "a",1']],
    ['a constant', { const: { a: [1] } }, { a: [2] }, ['must be {"a":[1]}']],
    ['characters, not code units', { maxLength: 2 }, '😀😀😀', ['must have at most 2 characters']],
    ['a pattern', { pattern: '^a+$' }, 'b', ['must match /^a+$/']],
    [
      'a repeated item',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      ['1 must not be the same as item 0'],
    ],
    [
      'draft 7 tuples',
      { items: [{ type: 'string' }], additionalItems: { type: 'number' } },
      [1, 'a'],
      ['0 must be string, not number', '1 must be number, not string'],
    ],
    [
      'draft 7 dependencies',
      { dependencies: { a: ['b'], c: { required: ['d'] } } },
      { a: 1, c: 1 },
      ['b is missing: it is needed next to a', 'd is missing'],
    ],
    [
      'everything at once',
      { properties: { a: { type: 'string' }, b: { type: 'string' } } },
      { a: 1, b: 2 },
      ['a must be string, not number', 'b must be string, not number'],
    ],
  ])('tells about %s', (_, schema, value, expected) => {
    expect(issues(schema, value)).toEqual(expected)
  })

  it('tells of alternatives what is wrong with the one that was meant', () => {
    expect(issues(shapes, { kind: 'line', to: [1] })).toEqual(['to must have at least 2 items'])
    expect(issues(shapes, { kind: 'circle', radius: -1 })).toEqual(['radius must be at least 0'])
    expect(issues(shapes, { kind: 'blob' })).toEqual([
      'fits none of the alternatives: radius is missing; to is missing',
    ])
    expect(issues({ anyOf: [{ type: 'string' }, { type: 'null' }] }, 3)).toEqual([
      'fits none of the alternatives: must be string, not number; must be null, not number',
    ])
  })

  it.each([
    ['a type that is none', { properties: { a: { type: 'text' } } }, "schema's type at #/properties/a"],
    ['a limit that is no number', { minimum: '3' }, "schema's minimum at # must be a number"],
    ['keys that are no texts', { required: [1] }, "schema's required at #"],
    ['a schema that is none', { items: 'string' }, 'no schema at #/items'],
    ['a broken pattern', { pattern: '(' }, 'not a regular expression'],
    ['a reference into nothing', { $ref: '#/$defs/nope' }, 'where there is nothing'],
    ['a reference to another document', { $ref: 'https://example.org/person.json' }, 'Schemas are not fetched'],
    ['a reference to a file', { $ref: 'file:///etc/passwd' }, 'Schemas are not fetched'],
  ])('refuses %s', (_, schema, words) => {
    expect(() => compileSchema(schema)).toThrow(words)
  })

  describe('with hostile schemas and values', () => {
    const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

    it('ends on values and schemas that nest without end', () => {
      expect(issues({ items: { $ref: '#' } }, deep(100_000))).toEqual([expect.stringContaining('nests too deeply')])
      expect(issues({ enum: [1] }, deep(100_000))).toEqual([expect.stringContaining('nests too deeply')])
      expect(issues({ $ref: '#' }, 1)).toEqual([expect.stringContaining('nests too deeply')])
      expect(issues({ items: { $ref: '#' } }, deep(100))).toEqual([])
      const nested = Array.from({ length: 10_000 }).reduce<Record<string, unknown>>((inner) => ({ items: inner }), {})
      expect(() => compileSchema(nested)).toThrow('nests too deeply')
    })

    it('ends on schemas that multiply themselves', () => {
      const $defs = Object.fromEntries(
        Array.from({ length: 60 }, (_, n) => [
          `d${n}`,
          { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
        ]),
      )
      const bomb = { $ref: '#/$defs/d0', $defs: { ...$defs, d60: { type: 'number' } } }
      expect(issues(bomb, 1)).toEqual([expect.stringContaining('takes too long')])
    })

    it('ends on patterns that backtrack without end', () => {
      const evil = compileSchema({ items: { pattern: '^(a+)+$' } })
      expect(evil(Array.from({ length: 100 }, () => `${'a'.repeat(40)}!`))).toHaveLength(50)
      expect(issues({ pattern: '^(?:[a-z]+-?)+$' }, 'some-ordinary-and-quite-long-slug')).toEqual([])
    })

    it('takes __proto__ for a key like any other', () => {
      const schema = JSON.parse('{"properties":{"__proto__":{"type":"string"}},"required":["__proto__","toString"]}')
      expect(issues(schema, JSON.parse('{"__proto__":1}'))).toEqual([
        'toString is missing',
        '__proto__ must be string, not number',
      ])
      expect(issues({ properties: { constructor: { type: 'string' } }, required: ['constructor'] }, {})).toEqual([
        'constructor is missing',
      ])
    })

    it('never throws on a value, whatever it is', () => {
      const check = compileSchema({
        ...shapes,
        unevaluatedProperties: false,
        minProperties: 1,
        not: { required: ['x'] },
      })
      fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(check(value))))
    })
  })
})
