import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { tool } from '../tool/tool.ts'
import { check } from './check.ts'
import { type Infer, type InferInput, withJsonSchema } from './standard-schema.ts'
import { toJsonSchema } from './to-json-schema.ts'

describe('check', () => {
  it.each([
    ['zod', z.object({ list: z.array(z.object({ n: z.number() })) })],
    ['valibot', v.object({ list: v.array(v.object({ n: v.number() })) })],
    ['arktype', type({ list: type({ n: 'number' }).array() })],
    ['a JSON Schema', { type: 'object', properties: { list: { items: { properties: { n: { type: 'number' } } } } } }],
  ])('tells where a value does not fit a schema of %s', async (_, schema) => {
    expect(await check(schema, { list: [{ n: 1 }] })).toEqual({ value: { list: [{ n: 1 }] } })
    expect(await check(schema, { list: [{ n: 1 }, { n: 'x' }] })).toEqual({
      issues: [{ path: 'list.1.n', message: expect.stringMatching(/number/) }],
    })
  })

  it('takes out nulls that stand for absent optionals, and no others', async () => {
    const schema = z.object({
      a: z.string().optional(),
      b: z.string().nullable(),
      c: z.object({ d: z.number().default(1) }),
    })
    expect(await check(schema, { a: null, b: null, c: { d: null } })).toEqual({ value: { b: null, c: { d: 1 } } })
    expect((await check(schema, { a: null, b: 1, c: {} })).issues).toMatchObject([{ path: 'a' }, { path: 'b' }])
    expect((await check(v.object({ a: v.optional(v.string()) }), { a: null })).issues).toHaveLength(1)
  })

  it('compiles a JSON Schema once', async () => {
    let read = 0
    const schema = {
      get minimum() {
        read++
        return 3
      },
    }
    await check(schema, 1)
    const once = read
    await check(schema, 2)
    expect(read).toBe(once)
  })
})

describe('toJsonSchema', () => {
  it('converts a schema once', () => {
    const schema = z.object({ a: z.string() })
    expect(toJsonSchema(schema)).toBe(toJsonSchema(schema))
    expect(toJsonSchema(schema)).toMatchObject({ type: 'object', required: ['a'] })
    expect(toJsonSchema(type({ a: 'string' }))).toMatchObject({ type: 'object', required: ['a'] })
    const plain = { type: 'string' }
    expect(toJsonSchema(plain)).toBe(plain)
  })

  it('says what to do about schemas that can not tell', () => {
    expect(() => toJsonSchema(v.object({}))).toThrow(
      "This valibot schema can't tell its JSON Schema. Give it one: withJsonSchema(schema, jsonSchema)",
    )
    expect(() => toJsonSchema(z.object({ at: z.date() }))).toThrow(/Date.*withJsonSchema/)
  })

  it('takes a JSON Schema that was attached', async () => {
    const schema = withJsonSchema(v.object({ a: v.string() }), {
      type: 'object',
      properties: { a: { type: 'string' } },
    })
    expect(toJsonSchema(schema)).toMatchObject({ properties: { a: { type: 'string' } } })
    expect((await check(schema, { a: 1 })).issues).toHaveLength(1)
    expectTypeOf<Infer<typeof schema>>().toEqualTypeOf<{ a: string }>()
  })
})

describe('Infer', () => {
  it('reads what schemas give out and take in', () => {
    const ofZod = z.object({ n: z.string().transform(Number) })
    expectTypeOf<Infer<typeof ofZod>>().toEqualTypeOf<{ n: number }>()
    expectTypeOf<InferInput<typeof ofZod>>().toEqualTypeOf<{ n: string }>()
    const ofArktype = type({ 'a?': 'string[]' })
    expectTypeOf<Infer<typeof ofArktype>>().toEqualTypeOf<{ a?: string[] }>()
  })

  it('reads the JSON Schema of a tool', () => {
    tool({
      input: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a'] },
      execute: (input) => expectTypeOf(input).toEqualTypeOf<{ a: string; b?: number }>(),
    })
  })

  it('reads plain JSON Schemas as far as their keywords are literal', () => {
    expectTypeOf<
      Infer<{ readonly type: 'array'; readonly items: { readonly enum: readonly [1, 'a'] } }>
    >().toEqualTypeOf<(1 | 'a')[]>()
    expectTypeOf<
      Infer<{ readonly anyOf: readonly [{ readonly type: 'string' }, { readonly const: null }] }>
    >().toEqualTypeOf<string | null>()
    expectTypeOf<Infer<{ readonly $ref: '#/$defs/x' }>>().toEqualTypeOf<unknown>()
    expectTypeOf<Infer<{ type: string }>>().toEqualTypeOf<unknown>()
  })
})
