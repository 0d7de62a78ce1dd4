import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { PartialJson } from './partial-json.ts'

/** Feeds a text in pieces of a size and gives the document at the end. */
function parsed(text: string, size = 1, options = {}): PartialJson {
  const json = new PartialJson(options)
  for (let at = 0; at < text.length; at += size) json.push(text.slice(at, at + size))
  json.end()
  return json
}

/** Every state that readers see, copied. */
function states(text: string, options = {}): unknown[] {
  const json = new PartialJson(options)
  return [...text].map((character) => structuredClone(json.push(character)))
}

const suite = '../shared/datasets/jsontestsuite/test_parsing'

describe('PartialJson', () => {
  it('equals JSON.parse on every whole document, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.integer({ min: 1, max: 9 }), (text, size) => {
        const json = parsed(text, size)
        expect(json.complete).toBe(true)
        expect(json.value).toEqual(JSON.parse(text))
      }),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), (value, size) => {
        const text = JSON.stringify(value, null, 2)
        expect(parsed(text, size).value).toEqual(JSON.parse(text))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['escapes', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"'],
    ['surrogates as escapes', '["\\ud83d\\ude00","\\ud83d","\\ude00\\ud83d\\ud83d\\ude00"]'],
    ['a surrogate half before the end and before other text', '["\ud83d","\ud83dx","\\ud83dx","\ud83d\\n"]'],
    ['numbers', '[0,-0,-1,1.5,1e5,1E-5,1.25e+10,123456789012345678901234567890,1e999]'],
    ['literals', '[true,false,null]'],
    ['a number at the end', '-12.5e3'],
    ['a literal at the end', 'true'],
    ['empty things', '[{},[],"",{"":{}}]'],
    ['a key twice', '{"a":{"b":1},"c":2,"a":"x"}'],
    ['space', ' \n\t\r{ "a" : [ 1 , 2 ] } \n'],
  ])('reads %s as JSON.parse does', (_, text) => {
    for (const size of [1, 2, 3, 100]) expect(parsed(text, size).value).toEqual(JSON.parse(text))
  })

  it('keeps __proto__ a plain key', () => {
    const value = parsed('{"__proto__":{"polluted":true},"a":{"__proto__":1}}').value as Record<string, unknown>
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('shows strings as they grow, numbers and literals when they are whole', () => {
    expect(
      states('{"a":"hi","n":12,"t":true}').filter((_, at) => [4, 5, 6, 8, 14, 15, 16, 22, 24, 25].includes(at)),
    ).toEqual([
      {},
      { a: '' },
      { a: 'h' },
      { a: 'hi' },
      { a: 'hi' },
      { a: 'hi' },
      { a: 'hi', n: 12 },
      { a: 'hi', n: 12 },
      { a: 'hi', n: 12 },
      { a: 'hi', n: 12, t: true },
    ])
  })

  it('never shows half a character', () => {
    const json = new PartialJson()
    const seen = ['["a\ud83d', '\ude00\\ud8', '3d', '\\ude', '00"]'].map((piece) => structuredClone(json.push(piece)))
    expect(seen).toEqual([['a'], ['a😀'], ['a😀'], ['a😀'], ['a😀😀']])
  })

  it('grows one tree in place', () => {
    const json = new PartialJson()
    const first = json.push('{"list":[{"a":1')
    expect(json.push('},{"a":2}]}')).toBe(first)
    expect(first).toEqual({ list: [{ a: 1 }, { a: 2 }] })
  })

  it('tells how many items of an array are whole', () => {
    const json = new PartialJson()
    const count = (piece: string) => {
      const list = (json.push(piece) as { list?: unknown[] })?.list
      return list && json.finished(list)
    }
    expect(['{"list":[', '{"a"', ':1}', ',"te', 'xt"', ',1', '2', ',[[', ']', ']', ']', ',"b":['].map(count)).toEqual([
      0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4,
    ])
  })

  it.each([
    ['a code fence', '```json\n{"a":1}\n```'],
    ['prose before and after', 'Sure! Here it is: {"a":1}. Anything else?'],
    ['braces that are no JSON', 'For {each} of {1, 2} I give {"a":1}'],
    ['thinking', '<think>maybe {"a":2} or { </think>{"a":1}'],
    ['thinking whose start stood in the prompt', 'maybe {"a":2} </think>\n{"a":1}'],
    ['tags that are none', 'a < b <b>{"a":1}</b>'],
    ['a tag cut by an object', '<{"a":1}'],
  ])('finds the object behind %s', (_, text) => {
    for (const size of [1, 3, 100]) {
      const json = parsed(text, size, { seek: true })
      expect(json.documents.at(-1)).toEqual({ a: 1 })
      expect(json.complete).toBe(true)
    }
  })

  it('keeps every whole document of a text', () => {
    expect(parsed('{} then {"a":1} and {"b":', 1, { seek: true }).documents).toEqual([{}, { a: 1 }])
  })

  it.each([
    ['trailing commas', '{"a":[1,2,],}', { a: [1, 2] }],
    ['line breaks in strings', '{"a":"x\ny\tz"}', { a: 'x\ny\tz' }],
    ['single quotes', "{'a':'it\\'s \"b\"'}", { a: 'it\'s "b"' }],
    ['bare keys', '{a:1,b_c:{d:2}}', { a: 1, b_c: { d: 2 } }],
    ["Python's literals", '{"a":True,"b":None}', { a: true, b: null }],
    ['unknown escapes', '{"a":"\\_\\u12"}', { a: '_u12' }],
  ])('reads %s as meant', (_, text, value) => {
    for (const size of [1, 100]) expect(parsed(text, size).value).toEqual(value)
    expect(parsed(text).complete).toBe(true)
  })

  it.each(['{"a":1', '[1,2', '"abc', '{"a"', 'tru', '{"a" 1}', '[1 2]', '{,}', '-', '', '}', '{"a":nul}'])(
    'does not call %s whole',
    (text) => {
      for (const options of [{}, { seek: true }]) expect(parsed(text, 1, options).complete).toBe(false)
    },
  )

  it('never throws and never loops, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0aeE+-.1<>/thinktruefalsn \n\ud83d\ude00\'') }),
        fc.boolean(),
        (text, seek) => {
          parsed(text, 2, { seek })
        },
      ),
      { numRuns: 2_000 },
    )
    expect(parsed('['.repeat(100_000), 1_000).complete).toBe(false)
    expect(parsed('{"a":'.repeat(50_000), 999, { seek: true }).complete).toBe(false)
  })

  it('costs in proportion to the length', () => {
    const documentOf = (bytes: number) =>
      JSON.stringify({ items: Array.from({ length: bytes / 50 }, (_, id) => ({ id, text: 'x'.repeat(25) })) })
    const [half, whole] = [documentOf(10_000), documentOf(20_000)]
    // Counted, not timed: every character that is looked at, and every one that is copied.
    const work = (document: string) => {
      let characters = 0
      const looks = vi.spyOn(String.prototype, 'charCodeAt')
      const slice = String.prototype.slice
      const copies = vi.spyOn(String.prototype, 'slice').mockImplementation(function (this: string, from, to) {
        const piece = slice.call(this, from, to)
        characters += piece.length
        return piece
      })
      parsed(document, 10)
      characters += looks.mock.calls.length
      looks.mockRestore()
      copies.mockRestore()
      return characters
    }
    expect(work(half)).toBeGreaterThan(half.length / 2)
    expect(work(whole) / work(half)).toBeLessThan(2.2 * (whole.length / half.length / 2))
  })

  describe.skipIf(!existsSync(suite))('on JSONTestSuite (skipped without ../shared/datasets)', () => {
    const files = existsSync(suite) ? readdirSync(suite) : []

    it('agrees with JSON.parse on every document that it takes', () => {
      const valid = files.flatMap((file) => {
        const text = readFileSync(`${suite}/${file}`, 'utf8')
        try {
          return [{ file, text, value: JSON.parse(text) as unknown }]
        } catch {
          return []
        }
      })
      for (const { file, text, value } of valid)
        for (const size of [1, 7, 1_000]) expect(parsed(text, size).value, file).toEqual(value)
      expect(valid.length).toBeGreaterThan(90)
    })

    it('survives every other one', () => {
      for (const file of files) {
        const text = readFileSync(`${suite}/${file}`, 'latin1')
        for (const seek of [true, false]) parsed(text, 5, { seek })
      }
    })
  })
})
