import { describe, expect, it, test } from 'vitest'
import { takes, writeAtRandom } from '../testing/grammar/random-model.ts'
import { byteVocabulary } from '../testing/grammar/vocabularies.ts'
import { random } from '../text/random.ts'
import { compileGrammar } from './index.ts'

const vocabulary = byteVocabulary()

/** True when a schema lets exactly this text be written. */
function writes(schema: unknown, text: string): boolean {
  const constraint = compileGrammar({ type: 'json-schema', schema }, vocabulary).begin()
  return takes(constraint, text) && constraint.accepting
}

const closed = (properties: object, rest: object = {}) => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...rest,
})
const number = { type: 'number' }

describe('an object', () => {
  const schema = closed({ a: number, b: number, c: number }, { required: ['b'] })

  test.each([
    ['{"a": 1, "b": 2, "c": 3}', true],
    ['{"b": 2}', true],
    ['{"b": 2, "c": 3}', true],
    ['{"b": 2, "a": 1}', false],
    ['{"a": 1}', false],
    ['{"b": 2, "b": 3}', false],
    ['{"b":2}', false],
    ['{"b": 2,"c": 3}', false],
    ['{ "b": 2}', false],
    ['{"b": 2, }', false],
    ['{, "b": 2}', false],
    ['{"b": 2}\n', false],
  ])('is written with keys in the order of the schema and one spelling of spaces: %s', (text, expected) => {
    expect(writes(schema, text)).toBe(expected)
  })

  it('has free keys last, none of them twice or named before', () => {
    const open = {
      type: 'object',
      properties: { a: number },
      required: ['z'],
      additionalProperties: { type: 'boolean' },
    }
    expect(writes(open, '{"a": 1, "z": true, "b": false, "c": true}')).toBe(true)
    expect(writes(open, '{"z": true, "b": false, "b": true}')).toBe(false)
    expect(writes(open, '{"z": true, "a": true}')).toBe(false)
    expect(writes(open, '{"z": true, "z": true}')).toBe(false)
    expect(writes(open, '{"z": true, "ab": true, "": false}')).toBe(true)
    expect(writes(open, '{"z": true, "": true, "": true}')).toBe(false)
    expect(writes(open, '{"z": true, "": true, "\\"": true, "\\"\\"": true, "\\"": true}')).toBe(false)
    // One spelling per key, else the same key could come again in another one.
    expect(writes(open, '{"z": true, "\\u0062": true}')).toBe(false)
    expect(writes(open, '{"z": true, "\\n\\u0001\\"": true}')).toBe(true)
  })

  it('uses up the keys that there are, and never asks for one more', () => {
    const bits = {
      type: 'object',
      propertyNames: { pattern: '^[01]{2}$' },
      additionalProperties: number,
      minProperties: 4,
    }
    for (let seed = 0; seed < 8; seed++) {
      const { text, whole } = writeAtRandom(
        compileGrammar({ type: 'json-schema', schema: bits }, vocabulary).begin(),
        vocabulary,
        random(seed),
      )
      expect(whole).toBe(true)
      expect(Object.keys(JSON.parse(text)).sort()).toEqual(['00', '01', '10', '11'].sort())
    }
  })

  it('has as many keys as it must', () => {
    const some = closed({ a: number, b: number, c: number }, { minProperties: 2, maxProperties: 2 })
    expect(writes(some, '{"a": 1, "c": 1}')).toBe(true)
    expect(writes(some, '{"c": 1}')).toBe(false)
    expect(writes(some, '{"a": 1, "b": 1, "c": 1}')).toBe(false)
    const one = closed({ a: number, b: number }, { required: ['b'], maxProperties: 1 })
    expect(writes(one, '{"a": 1')).toBe(false)
    expect(writes(one, '{"b": 1}')).toBe(true)
  })

  it('obeys patterns of keys, each and together', () => {
    const rules = {
      type: 'object',
      patternProperties: { '^a': { minimum: 1 }, b$: { maximum: 5 } },
      additionalProperties: false,
      minProperties: 1,
    }
    const typed = { allOf: [rules, { additionalProperties: { type: 'integer' } }] }
    expect(writes(typed, '{"ax": 9}')).toBe(true)
    expect(writes(typed, '{"xb": 0}')).toBe(true)
    expect(writes(typed, '{"ab": 3}')).toBe(true)
    expect(writes(typed, '{"ab": 9}')).toBe(false)
    expect(writes(typed, '{"ab": 0}')).toBe(false)
    expect(writes(typed, '{"x": 3}')).toBe(false)
  })

  it('that depends on another key is one of two objects', () => {
    const card = {
      type: 'object',
      properties: { card: { type: 'string' }, address: { type: 'string' } },
      dependentRequired: { card: ['address'] },
      additionalProperties: false,
    }
    expect(writes(card, '{}')).toBe(true)
    expect(writes(card, '{"address": "x"}')).toBe(true)
    expect(writes(card, '{"card": "1"}')).toBe(false)
    expect(writes(card, '{"card": "1", "address": "x"}')).toBe(true)
  })
})

describe('a number', () => {
  test.each<[object, string[], string[]]>([
    [
      { type: 'integer' },
      ['0', '-1', '120', '999999999999999'],
      ['00', '-0', '1.0', '1e2', '+1', '.5', '1234567890123456'],
    ],
    [
      { type: 'number' },
      ['0', '-0.5', '1.50', '1e5', '2.5E-10', '1e+05'],
      ['-0', '1.', '1e', '1e999', '01', 'NaN', '-0e1'],
    ],
    [
      { type: 'integer', minimum: -5, exclusiveMaximum: 120 },
      ['-5', '0', '7', '119'],
      ['-6', '-10', '120', '1000', '-50'],
    ],
    [
      { type: 'number', exclusiveMinimum: 1.5, maximum: 20.25 },
      ['1.51', '1.500001', '2', '20.25', '20.250', '9.9'],
      ['1.5', '1.50', '1.4999', '20.26', '20.2501', '100', '1e1', '-3'],
    ],
    [
      { type: 'number', minimum: -1.5, maximum: -0.25 },
      ['-1.5', '-1', '-0.25', '-0.3'],
      ['-1.51', '-0.2', '0', '-2', '1', '-0.24999'],
    ],
    [{ type: 'number', exclusiveMinimum: 0 }, ['0.1', '0.000000000001', '5'], ['0', '0.0', '-1', '-0.1']],
    [{ type: 'integer', multipleOf: 7, minimum: 0 }, ['0', '7', '49', '700'], ['1', '8', '-7', '50']],
    [{ type: 'number', multipleOf: 0.25 }, ['0.25', '0.5', '1', '-1.75', '0.50'], ['0.3', '0.125', '0.2']],
    [
      { type: 'number', minimum: 1e-7, maximum: 1e21 },
      ['0.0000001', '0.00000011', '123456789012345'],
      ['0.00000009', '0'],
    ],
    [{ type: 'number', multipleOf: 2, maximum: 10 }, ['2', '10', '-4'], ['3', '12', '2.0']],
  ])('%j', (schema, yes, no) => {
    for (const text of yes) expect(writes(schema, text), text).toBe(true)
    for (const text of no) expect(writes(schema, text), text).toBe(false)
  })

  it('keeps every bound that JavaScript sees, to the last digit', () => {
    const draw = random(11)
    for (let i = 0; i < 40; i++) {
      const min = (draw() - 0.5) * 10 ** Math.floor(draw() * 9 - 3)
      const max = min + draw() * 10 ** Math.floor(draw() * 6 - 3)
      const schema = {
        type: 'number',
        [i % 2 ? 'minimum' : 'exclusiveMinimum']: min,
        [i % 3 ? 'maximum' : 'exclusiveMaximum']: max,
      }
      const { text } = writeAtRandom(
        compileGrammar({ type: 'json-schema', schema }, vocabulary).begin(),
        vocabulary,
        random(i),
        { patience: 30 },
      )
      const value = Number(text)
      expect(i % 2 ? value >= min : value > min, `${text} ${JSON.stringify(schema)}`).toBe(true)
      expect(i % 3 ? value <= max : value < max, `${text} ${JSON.stringify(schema)}`).toBe(true)
    }
  })
})

describe('a string', () => {
  it('has characters as JSON has them, and no halves of one', () => {
    const text = { type: 'string' }
    for (const yes of ['""', '"é📎"', '"\\n\\/\\u00e9"', '"\\ud83d\\udcce"', '"\u007f"'])
      expect(writes(text, yes), yes).toBe(true)
    for (const no of ['"\n"', '"\\x"', '"\\u00g0"', '"\\ud83d"', '"\\udcce"', '"\\ud83dx"', '"a', "'a'"])
      expect(writes(text, no), no).toBe(false)
    const bytes = compileGrammar({ type: 'json-schema', schema: text }, vocabulary).begin()
    takes(bytes, '"')
    // Overlong, surrogate and out of range: no UTF-8.
    for (const sequence of [[0xc0], [0xe0, 0x80], [0xed, 0xa0], [0xf4, 0x90], [0xff], [0x80]]) {
      const before = bytes.mark()
      expect(() => sequence.forEach((byte) => void bytes.advance(byte))).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      )
      bytes.rewind(before)
    }
  })

  it('counts characters, not bytes or code units', () => {
    const two = { type: 'string', minLength: 2, maxLength: 2 }
    for (const yes of ['"ab"', '"📎é"', '"\\ud83d\\udcce\\n"', '"\\u0041b"']) expect(writes(two, yes), yes).toBe(true)
    for (const no of ['"a"', '"📎"', '"abc"', '"\\ud83d\\udcce"']) expect(writes(two, no), no).toBe(false)
    const pattern = { type: 'string', pattern: '^[^x]*$', minLength: 2, maxLength: 3 }
    for (const yes of ['"📎é"', '"ab\\n"']) expect(writes(pattern, yes), yes).toBe(true)
    for (const no of ['"📎"', '"abcd"', '"axb"']) expect(writes(pattern, no), no).toBe(false)
  })

  test.each<[string, string[], string[]]>([
    [
      'date',
      ['2024-02-29', '2000-02-29', '1999-12-31'],
      ['2023-02-29', '1900-02-29', '2024-04-31', '2024-13-01', '24-01-01'],
    ],
    [
      'date-time',
      ['2024-02-29T23:59:59Z', '2024-01-01T00:00:00.123+05:30'],
      ['2024-02-29', '2024-01-01 00:00:00Z', '2024-01-01T24:00:00Z'],
    ],
    ['email', ['a@b.de', 'first.last+tag@mail.example.com'], ['a', 'a@', '@b.de', 'a..b@c.de', 'a@b.de.']],
    [
      'ipv6',
      ['::', '::1', '1:2:3:4:5:6:7:8', '2001:db8::ff00:42:8329', '1::8', '1:2:3:4:5:6:7::'],
      ['1::2::3', '1:2:3', ':1', '12345::', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::'],
    ],
    [
      'uri',
      ['https://example.com/a?b=c#d', 'mailto:a@b.de', 'http://127.0.0.1:8080/'],
      ['example.com', '//x', 'http:// x', 'a b'],
    ],
    ['duration', ['P1D', 'PT1H30M', 'P1Y2M3DT4H', 'P3W'], ['P', 'PT', 'P1H', '1D', 'P1D2W']],
  ])('of format %s', (format, yes, no) => {
    for (const text of yes) expect(writes({ type: 'string', format }, JSON.stringify(text)), text).toBe(true)
    for (const text of no) expect(writes({ type: 'string', format }, JSON.stringify(text)), text).toBe(false)
  })
})

describe('a format that is none of these', () => {
  it('is a number of OpenAPI, or what the pattern beside it says', () => {
    expect(writes({ type: 'integer', format: 'int64' }, '2147483648')).toBe(true)
    expect(() => writes({ type: 'integer', format: 'int32' }, '1')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    )
    expect(writes({ type: 'number', format: 'double' }, '1.5')).toBe(true)
    expect(writes({ type: 'string', format: 'e164', pattern: '^\\+[1-9]\\d{6,14}$' }, '"+4930123456"')).toBe(true)
    expect(writes({ type: 'string', format: 'e164', pattern: '^\\+[1-9]\\d{6,14}$' }, '"030123456"')).toBe(false)
  })
})

describe('constants', () => {
  it('are what the other keywords leave of them', () => {
    const some = {
      enum: [1, 'abc', 'abcd', null, [1, 2], { a: { b: 1 } }],
      type: ['string', 'array', 'object'],
      maxLength: 3,
      maxItems: 1,
    }
    expect(writes(some, '"abc"')).toBe(true)
    expect(writes(some, '{"a": {"b": 1}}')).toBe(true)
    for (const no of ['"abcd"', '1', 'null', '[1, 2]']) expect(writes(some, no), no).toBe(false)
  })

  it('are compared as JSON compares them', () => {
    expect(writes({ allOf: [{ enum: [{ a: 1, b: 2 }] }, { const: { b: 2, a: 1 } }] }, '{"a": 1, "b": 2}')).toBe(true)
  })
})

describe('items that are all different', () => {
  const days = { type: 'array', items: { enum: ['a', 'ab', { x: 1, y: 2 }, { y: 2, x: 1 }] }, uniqueItems: true }

  it('are each taken once from a list', () => {
    expect(writes(days, '[]')).toBe(true)
    expect(writes(days, '["ab", {"y": 2, "x": 1}, "a"]')).toBe(true)
    expect(writes(days, '["a", "a"]')).toBe(false)
    expect(writes(days, '["a", "ab", {"y": 2, "x": 1}, ')).toBe(false)
    expect(writes({ ...days, minItems: 3 }, '["a", "ab"]')).toBe(false)
    expect(writes({ ...days, maxItems: 1 }, '["a"]')).toBe(true)
    expect(writes({ ...days, maxItems: 2 }, '["a", "ab", ')).toBe(false)
    expect(() => writes({ ...days, minItems: 4 }, '')).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe('references', () => {
  it('lead to pointers, anchors and ids, and siblings of one count', () => {
    const schema = {
      $id: 'https://example.com/root',
      $defs: {
        'a/b~%': { type: 'string' },
        named: { $anchor: 'here', type: 'integer' },
        other: { $id: 'other', $defs: { x: { type: 'null' } } },
      },
      type: 'array',
      prefixItems: [
        { $ref: '#/$defs/a~1b~0%25', maxLength: 1 },
        { $ref: '#here' },
        { $ref: 'other#/$defs/x' },
        { $ref: 'https://example.com/other#/$defs/x' },
      ],
      minItems: 4,
      items: false,
    }
    expect(writes(schema, '["a", 1, null, null]')).toBe(true)
    expect(writes(schema, '["ab"')).toBe(false)
  })

  it('of draft 7 stand alone', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { a: { type: 'string' } },
      items: [{ $ref: '#/definitions/a', maxLength: 1 }],
      additionalItems: false,
      type: 'array',
    }
    expect(writes(schema, '["abc"]')).toBe(true)
    expect(writes(schema, '["abc", 1]')).toBe(false)
  })
})

describe('exactly one of several', () => {
  it('is taken when their values have nothing in common', () => {
    const kinds = {
      oneOf: [
        {
          type: 'object',
          properties: { kind: { const: 'a' }, child: { $ref: '#' } },
          required: ['kind'],
          additionalProperties: false,
        },
        { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'], additionalProperties: false },
        { type: 'array', minItems: 3 },
        { type: 'array', maxItems: 2 },
        { type: 'integer', minimum: 5 },
        { type: 'integer', exclusiveMaximum: 5 },
        { enum: ['x', 'y'] },
        { type: 'string', pattern: '^z' },
        { type: 'null' },
      ],
    }
    for (const text of ['{"kind": "a", "child": {"kind": "b"}}', '[1, 2]', '4', '"x"', '"zz"', 'null'])
      expect(writes(kinds, text), text).toBe(true)
    for (const text of ['{"kind": "c"', '"w', 'true', '1.5']) expect(writes(kinds, text), text).toBe(false)
  })

  it('looks at what stands beside it', () => {
    const beside = {
      type: 'object',
      required: ['kind'],
      properties: { kind: { type: 'string' } },
      oneOf: [{ properties: { kind: { const: 'a' } } }, { properties: { kind: { const: 'b' } } }],
      additionalProperties: false,
    }
    expect(writes(beside, '{"kind": "b"}')).toBe(true)
    expect(writes(beside, '{"kind": "c"')).toBe(false)
  })

  test.each<[string, object[]]>([
    [
      'a format is no promise',
      [
        { type: 'string', format: 'date' },
        { type: 'string', maxLength: 3 },
      ],
    ],
    ['large numbers are numbers', [{ type: 'number' }, { type: 'number', minimum: 1e40 }]],
    [
      'optional keys may be left out',
      [{ properties: { kind: { const: 'a' } } }, { properties: { kind: { const: 'b' } } }],
    ],
    ['integers are numbers', [{ type: 'integer' }, { type: 'number', minimum: 0.5 }]],
    ['a constant is in the range', [{ const: 3 }, { type: 'integer', minimum: 3 }]],
  ])('is refused where one value may fit two: %s', (_name, oneOf) => {
    expect(() => writes({ oneOf }, '')).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('"oneOf"') }),
    )
  })
})
