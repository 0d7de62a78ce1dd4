import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { FinishReason, Part } from '../contract/part.ts'
import type { OutputMode, TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { withJsonSchema } from '../schema/standard-schema.ts'
import { generateObject } from './generate-object.ts'

const finish = (reason: FinishReason = 'stop'): Part => ({
  type: 'finish',
  reason,
  usage: { input: 10, output: 2 },
  response: { provider: 'test', model: 'm' },
})
const text = (value: unknown): Part => ({
  type: 'text',
  text: typeof value === 'string' ? value : JSON.stringify(value),
})
const call = (input: unknown, name = 'answer'): Part => ({
  type: 'tool-call',
  id: 'c1',
  name,
  input: typeof input === 'string' ? input : JSON.stringify(input),
})

/** A model that gives one script after the other (an error is thrown) and keeps what it was asked. */
function scripted(output: readonly OutputMode[] | undefined, ...answers: (Part[] | Error)[]) {
  const calls: TextCall[] = []
  const model: TextModel = {
    provider: 'test',
    id: 'm',
    supports: { tools: true, knobs: ['maxTokens'], ...(output ? { output } : {}) },
    async *stream(asked) {
      calls.push(asked)
      const answer = answers[Math.min(calls.length, answers.length) - 1] as Part[] | Error
      if (answer instanceof Error) throw answer
      yield* answer
    },
  }
  return { model, calls }
}

const person = z.object({ name: z.string(), age: z.number().int().min(0).optional() })
const alice = { name: 'Alice', age: 30 }
const whole = [text(alice), finish()]

describe('generateObject', () => {
  it('gives the checked object, with what a text result has', async () => {
    const { model, calls } = scripted(['native'], whole)
    const result = await generateObject({ model, schema: person, prompt: 'Who?', system: 'Be brief.', topK: 3 })
    expectTypeOf(result.object).toEqualTypeOf<{ name: string; age?: number | undefined }>()
    expect(result).toMatchObject({
      object: alice,
      text: JSON.stringify(alice),
      finishReason: 'stop',
      usage: { input: 10, output: 2 },
      warnings: [{ option: 'topK' }],
      attempts: [{ outcome: 'ok' }],
      reasks: 0,
      mode: 'native',
      response: { model: 'm' },
    })
    expect(result.messages).toEqual([
      { role: 'user', content: 'Who?' },
      { role: 'assistant', content: [{ type: 'text', text: JSON.stringify(alice) }] },
    ])
    expect(calls[0]).toMatchObject({
      delivery: 'whole',
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
      output: { type: 'json-schema', name: 'answer', schema: { type: 'object', required: ['name'] } },
    })
    expect(Object.keys(calls[0] ?? {}).sort()).toEqual(['delivery', 'messages', 'output'])
  })

  it.each<[OutputMode, Part[], (call: TextCall) => void]>([
    ['native', whole, (asked) => expect(asked.output?.type).toBe('json-schema')],
    [
      'tool',
      [call(alice), finish('tool-calls')],
      (asked) => {
        expect(asked.tools).toMatchObject([
          { type: 'function', name: 'answer', strict: true, inputSchema: { type: 'object' } },
        ])
        expect(asked.toolChoice).toEqual({ tool: 'answer' })
      },
    ],
    [
      'json',
      whole,
      (asked) => {
        expect(asked.output).toEqual({ type: 'json' })
        expect(asked.messages[0]).toMatchObject({
          role: 'system',
          content: expect.stringContaining('"required":["name"]'),
        })
      },
    ],
    ['prompt', whole, (asked) => expect(asked.output).toBeUndefined()],
  ])('asks a model that has only the mode %s in that mode', async (mode, parts, expectCall) => {
    const { model, calls } = scripted([mode], parts)
    const result = await generateObject({ model, schema: person, prompt: 'x', description: 'A person.' })
    expect(result).toMatchObject({ object: alice, mode, finishReason: 'stop' })
    expectCall(calls[0] as TextCall)
    expect(JSON.stringify(calls[0])).toContain('A person.')
    expect(JSON.stringify(result.messages)).not.toContain('tool-call')
  })

  it('asks a model about which nothing is known by prompt', async () => {
    const { model } = scripted(undefined, [text('Sure!\n```json\n{"name":"Bob",}\n```\nDone.'), finish()])
    expect(await generateObject({ model, schema: person, prompt: 'x' })).toMatchObject({
      object: { name: 'Bob' },
      mode: 'prompt',
    })
  })

  it('takes the next mode when the service can not say the schema in this one', async () => {
    const { model, calls } = scripted(['native', 'tool'], new AnyModelError('unsupported', 'no such schema'), [
      call(alice),
      finish('tool-calls'),
    ])
    expect(await generateObject({ model, schema: person, prompt: 'x' })).toMatchObject({ object: alice, mode: 'tool' })
    expect(calls).toHaveLength(2)
    const failing = scripted(['native', 'tool'], new AnyModelError('server', 'down'))
    await expect(generateObject({ model: failing.model, schema: person, prompt: 'x' })).rejects.toMatchObject({
      code: 'server',
    })
    expect(failing.calls).toHaveLength(1)
  })

  it('keeps to the mode that was chosen, and refuses one that the model lacks', async () => {
    const { model, calls } = scripted(['native', 'tool'], [call(alice), finish('tool-calls')])
    expect(await generateObject({ model, schema: person, prompt: 'x', mode: 'tool' })).toMatchObject({ mode: 'tool' })
    await expect(generateObject({ model, schema: person, prompt: 'x', mode: 'json' })).rejects.toMatchObject({
      code: 'unsupported',
    })
    expect(calls).toHaveLength(1)
  })

  it('reads a document that a tool-mode model wrote as text', async () => {
    const { model } = scripted(['tool'], whole)
    expect(await generateObject({ model, schema: person, prompt: 'x' })).toMatchObject({ object: alice })
  })

  it('hands back the answer with what is wrong, and sums up', async () => {
    const { model, calls } = scripted(['native'], [text({ name: 'Alice', age: -1 }), finish()], whole)
    const result = await generateObject({ model, schema: person, prompt: 'Who?' })
    expect(result).toMatchObject({ object: alice, reasks: 1, usage: { input: 20, output: 4 } })
    expect(result.attempts).toMatchObject([
      { outcome: 'invalid-output', error: expect.stringContaining('age') },
      { outcome: 'ok' },
    ])
    const asked = calls[1]?.messages ?? []
    expect(asked.slice(0, 2)).toEqual([
      { role: 'user', content: 'Who?' },
      { role: 'assistant', content: [{ type: 'text', text: '{"name":"Alice","age":-1}' }] },
    ])
    expect(asked[2]).toMatchObject({
      role: 'user',
      content: expect.stringMatching(/\[\{"path":"age","message":".+"\}\]/),
    })
    expect(result.messages).toHaveLength(2)
  })

  it('answers a tool call that does not fit as a failed one', async () => {
    const { model, calls } = scripted(
      ['tool'],
      [call({ age: 1 }), finish('tool-calls')],
      [call(alice), finish('tool-calls')],
    )
    await generateObject({ model, schema: person, prompt: 'Who?' })
    expect(calls[1]?.messages.slice(1)).toMatchObject([
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c1' }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', id: 'c1', isError: true, output: expect.stringContaining('"path":"name"') }],
      },
    ])
  })

  it('gives up after the re-asks it has, with the issues and the answer', async () => {
    const { model, calls } = scripted(['native'], [text({ age: 'x' }), finish()])
    const failing = generateObject({ model, schema: person, prompt: 'x', reasks: 1 })
    await expect(failing).rejects.toMatchObject({
      code: 'invalid-output',
      message: expect.stringContaining('name'),
      issues: [{ path: 'name' }, { path: 'age' }],
      partial: { text: '{"age":"x"}', usage: { input: 20, output: 4 } },
    })
    expect(calls).toHaveLength(2)
    await expect(generateObject({ model, schema: person, prompt: 'x', reasks: 0 })).rejects.toMatchObject({
      code: 'invalid-output',
    })
    expect(calls).toHaveLength(3)
  })

  it.each<[FinishReason, Part[], object]>([
    [
      'length',
      [text('{"name":"Ali')],
      { code: 'invalid-output', message: expect.stringContaining('maxTokens'), partial: { text: '{"name":"Ali' } },
    ],
    ['content-filter', [], { code: 'content-filter' }],
    [
      'refusal',
      [text('I will not.')],
      { code: 'content-filter', message: expect.stringContaining('I will not.'), partial: { text: 'I will not.' } },
    ],
  ])('does not ask again when the answer ended by %s', async (reason, parts, error) => {
    const { model, calls } = scripted(['native'], [...parts, finish(reason)])
    await expect(generateObject({ model, schema: person, prompt: 'x' })).rejects.toMatchObject(error)
    expect(calls).toHaveLength(1)
  })

  it('never takes half an answer for a whole one', async () => {
    const list = z.object({ list: z.array(z.number()) })
    const { model, calls } = scripted(
      ['prompt'],
      [text('{"list":[1,2'), finish()],
      [text('{"list":[1,2,3]}'), finish()],
    )
    expect((await generateObject({ model, schema: list, prompt: 'x' })).object).toEqual({ list: [1, 2, 3] })
    expect(calls).toHaveLength(2)
  })

  it('asks for an answer that is empty again', async () => {
    const { model, calls } = scripted(['native'], [finish()], whole)
    await generateObject({ model, schema: person, prompt: 'x' })
    expect(calls[1]?.messages.slice(1)).toMatchObject([{ role: 'user', content: expect.stringContaining('is empty') }])
  })

  it('takes nulls for absent optionals, as strict services write them', async () => {
    const { model } = scripted(['native'], [text({ name: 'Bob', age: null }), finish()])
    expect((await generateObject({ model, schema: person, prompt: 'x' })).object).toEqual({ name: 'Bob' })
  })

  it('applies defaults and transformations', async () => {
    const schema = z.object({ n: z.string().transform(Number), d: z.number().default(7) })
    const { model } = scripted(['native'], [text({ n: '3' }), finish()])
    const { object } = await generateObject({ model, schema, prompt: 'x' })
    expectTypeOf(object).toEqualTypeOf<{ n: number; d: number }>()
    expect(object).toEqual({ n: 3, d: 7 })
  })

  it('gives lists, checked element by element', async () => {
    const { model, calls } = scripted(
      ['native'],
      [text({ elements: [{ name: 'A' }, { age: 1 }] }), finish()],
      [text({ elements: [{ name: 'A' }] }), finish()],
    )
    const { object } = await generateObject({ model, array: person, prompt: 'x' })
    expectTypeOf(object).toEqualTypeOf<{ name: string; age?: number | undefined }[]>()
    expect(object).toEqual([{ name: 'A' }])
    expect(JSON.stringify(calls[1]?.messages)).toContain('elements.1.name')
    expect(calls[0]?.output).toMatchObject({ schema: { type: 'object', properties: { elements: { type: 'array' } } } })
    const bare = scripted(['prompt'], [text('```\n[{"name":"B"}]\n```'), finish()])
    expect((await generateObject({ model: bare.model, array: person, prompt: 'x' })).object).toEqual([{ name: 'B' }])
  })

  it('gives one of some texts', async () => {
    const { model, calls } = scripted(['native'], [text({ value: 'Sad' }), finish()])
    const { object } = await generateObject({ model, choice: ['happy', 'sad'], prompt: 'x' })
    expectTypeOf(object).toEqualTypeOf<'happy' | 'sad'>()
    expect(object).toBe('sad')
    expect(calls[0]?.output).toMatchObject({ schema: { properties: { value: { enum: ['happy', 'sad'] } } } })
    const wrong = scripted(['native'], [text({ value: 'angry' }), finish()])
    await expect(
      generateObject({ model: wrong.model, choice: ['happy', 'sad'], prompt: 'x', reasks: 0 }),
    ).rejects.toMatchObject({
      issues: [{ path: 'value', message: 'must be one of "happy", "sad"' }],
    })
  })

  it('wraps what is not an object, and keeps its references whole', async () => {
    type Tree = { name: string; kids: Tree[] } | string
    const tree: z.ZodType<Tree> = z.lazy(() =>
      z.union([z.string(), z.object({ name: z.string(), kids: z.array(tree) })]),
    )
    const { model, calls } = scripted(['native'], [text({ value: { name: 'a', kids: ['b'] } }), finish()])
    const { object } = await generateObject({ model, schema: tree, prompt: 'x' })
    expect(object).toEqual({ name: 'a', kids: ['b'] })
    const { output } = calls[0] as TextCall
    const schema = output?.type === 'json-schema' ? output.schema : {}
    expect(schema).toMatchObject({ type: 'object', required: ['value'], additionalProperties: false })
    const { compileSchema } = await import('../schema/validate.ts')
    const issues = compileSchema(schema)
    expect(issues({ value: { name: 'a', kids: ['b'] } })).toEqual([])
    expect(issues({ value: { name: 'a', kids: [1] } })).not.toEqual([])
  })

  it('takes a plain JSON Schema, checks it, and reads its type', async () => {
    const { model } = scripted(['native'], [text({ city: 'Paris', kind: 'a', tags: ['x'] }), finish()])
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        kind: { enum: ['a', 'b'] },
        tags: { type: 'array', items: { type: 'string' } },
        n: { type: ['integer', 'null'] },
      },
      required: ['city', 'kind', 'tags'],
    } as const
    const { object } = await generateObject({ model, schema, prompt: 'x' })
    expectTypeOf(object).toEqualTypeOf<{ city: string; kind: 'a' | 'b'; tags: string[]; n?: number | null }>()
    expect(object).toEqual({ city: 'Paris', kind: 'a', tags: ['x'] })
    const wrong = scripted(['native'], [text({ city: 1 }), finish()])
    await expect(generateObject({ model: wrong.model, schema, prompt: 'x', reasks: 0 })).rejects.toMatchObject({
      issues: [
        { path: 'kind', message: 'is missing' },
        { path: 'tags', message: 'is missing' },
        { path: 'city', message: 'must be string, not number' },
      ],
    })
    const inline = await generateObject({
      model,
      schema: { type: 'object', properties: { city: { type: 'string' } } },
      prompt: 'x',
    })
    expectTypeOf(inline.object).toEqualTypeOf<{ city?: string }>()
    const wide: { [keyword: string]: unknown } = schema
    expectTypeOf((await generateObject({ model, schema: wide, prompt: 'x' })).object).toEqualTypeOf<unknown>()
  })

  it('takes schemas of arktype and, with a JSON Schema attached, of valibot', async () => {
    const { model } = scripted(['native'], whole)
    const byArktype = await generateObject({ model, schema: type({ name: 'string', 'age?': 'number' }), prompt: 'x' })
    expectTypeOf(byArktype.object).toEqualTypeOf<{ name: string; age?: number }>()
    const bare = v.object({ name: v.string(), age: v.optional(v.number()) })
    const json = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'number' } },
      required: ['name'],
    }
    const byValibot = await generateObject({ model, schema: withJsonSchema(bare, json), prompt: 'x' })
    expectTypeOf(byValibot.object).toEqualTypeOf<{ name: string; age?: number | undefined }>()
    expect([byArktype.object, byValibot.object]).toEqual([alice, alice])
    await expect(generateObject({ model, schema: bare, prompt: 'x' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('withJsonSchema'),
    })
  })

  it.each([
    ['no target', {}, 'exactly one of schema, array'],
    ['two targets', { schema: person, choice: ['a'] }, 'exactly one of schema, array'],
    ['a schema that is none', { schema: 'person' }, 'must be a Standard Schema'],
    [
      'a broken JSON Schema',
      { schema: { type: 'object', properties: { a: { type: 'text' } } } },
      "schema's type at #/properties/a",
    ],
    ['no choices', { choice: [] }, 'array of texts'],
    ['a bad name', { schema: person, name: 'my object' }, 'name must be'],
    ['too many re-asks', { schema: person, reasks: 99 }, 'reasks must be'],
    ['both prompt and messages', { schema: person, messages: [] }, 'not both'],
  ])('refuses %s before anything is sent', async (_, options, words) => {
    const { model, calls } = scripted(['native'], whole)
    await expect(generateObject({ model, prompt: 'x', ...options } as never)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(words),
    })
    expect(calls).toHaveLength(0)
  })

  it('rejects with the reason of an abort', async () => {
    const controller = new AbortController()
    const model: TextModel = {
      ...scripted(['native']).model,
      async *stream({ signal }) {
        yield text('{"na')
        controller.abort(new Error('enough'))
        signal?.throwIfAborted()
      },
    }
    await expect(generateObject({ model, schema: person, prompt: 'x', signal: controller.signal })).rejects.toThrow(
      'enough',
    )
  })
})
