import type { Part, TextCall, ToolDefinition } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { readModelFolder } from '../model-folder.ts'
import { ask, finishOf, textIn } from '../testing/ask.ts'
import { toyWriter } from '../testing/toy-writer.ts'
import { type Engine, loadEngine } from './engine.ts'
import { Scheduler } from './scheduler.ts'

/** It writes at random: whatever is right about its answers is enforced. */
const scribbler: Promise<Engine> = loadEngine(readModelFolder({ folder: toyWriter() }))

const prompt = (content: string): TextCall['messages'] => [{ role: 'user', content }]
const hot = (seed: number) => ({ temperature: 3, seed, maxTokens: 2_000 })

const recipe = {
  type: 'object',
  properties: {
    title: { type: 'string', maxLength: 12 },
    servings: { type: 'integer', minimum: 1, maximum: 12 },
    tags: { type: 'array', items: { enum: ['quick', 'vegan', 'hot'] }, maxItems: 3 },
  },
  required: ['title', 'servings', 'tags'],
  additionalProperties: false,
} as const

const output = (schema: object): Partial<TextCall> => ({
  output: { type: 'json-schema', name: 'answer', schema: schema as never },
})

function isRecipe(text: string): void {
  const { title, servings, tags, ...rest } = JSON.parse(text)
  expect(rest).toEqual({})
  expect([...title].length).toBeLessThanOrEqual(12)
  expect(Number.isInteger(servings) && servings >= 1 && servings <= 12).toBe(true)
  for (const tag of tags) expect(['quick', 'vegan', 'hot']).toContain(tag)
}

const callsIn = (parts: readonly Part[]) => parts.filter((part) => part.type === 'tool-call')

describe('an answer that has to fit a schema', () => {
  it('does, whatever the model would like to write, alone and among others', async () => {
    const engine = await scribbler
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    const calls = Array.from({ length: 24 }, (_, seed) => ({ messages: prompt(`No ${seed}`), ...hot(seed) }))
    const answers = await Promise.all(
      calls.map((call, i) =>
        ask(engine, i % 2 ? { ...call, maxTokens: 40 } : { ...call, ...output(recipe) }, scheduler),
      ),
    )
    for (const [i, parts] of answers.entries()) {
      if (i % 2) continue
      isRecipe(textIn(parts))
      expect(finishOf(parts)).toMatchObject({ reason: 'stop', response: { rawReason: 'whole' } })
    }
    expect(Object.keys(scheduler.stats().batches).map(Number)).toContain(8)
    for (const [i, call] of calls.entries())
      if (i % 2 === 0) expect(textIn(await ask(engine, { ...call, ...output(recipe) }))).toBe(textIn(answers[i] ?? []))
  })

  it('takes fewer runs than tokens: what has to follow is not asked of the model', async () => {
    const engine = await scribbler
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    const schema = {
      type: 'object',
      properties: { aRatherLongName: { type: 'boolean' } },
      required: ['aRatherLongName'],
    }
    const parts = await ask(
      engine,
      { messages: prompt('x'), ...output({ ...schema, additionalProperties: false }), ...hot(1) },
      scheduler,
    )
    expect(textIn(parts)).toMatch(/^\{"aRatherLongName": (true|false)\}$/)
    expect(finishOf(parts).usage.output).toBe(textIn(parts).length)
    expect(scheduler.stats().batches[1] ?? 0).toBeLessThan(3)
  })

  it('has a log probability for every token when they are asked for', async () => {
    const engine = await scribbler
    const schema = { type: 'object', properties: { a: { const: 1 } }, required: ['a'], additionalProperties: false }
    const parts = await ask(engine, { messages: prompt('x'), ...output(schema), logprobs: 0 })
    const { usage, response } = finishOf(parts)
    expect(textIn(parts)).toBe('{"a": 1}')
    expect(response.details?.logprobs).toHaveLength(usage.output as number)
  })

  it('goes on from the beginning that the caller wrote, or says that it does not fit', async () => {
    const engine = await loadEngine(readModelFolder({ folder: toyWriter({ template: 'go' }) }))
    const begun = (content: string) =>
      ask(engine, { messages: [...prompt('x'), { role: 'assistant', content }], ...output(recipe), ...hot(2) })
    isRecipe(`{"title": "Soup${textIn(await begun('{"title": "Soup'))}`)
    await expect(begun('Sure! ')).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('is refused with the keyword that can not be enforced', async () => {
    const engine = await scribbler
    const schema = { type: 'array', contains: { const: 1 } }
    await expect(ask(engine, { messages: prompt('x'), ...output(schema) })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('contains'),
    })
  })

  it('is cut at maxTokens, and says so', async () => {
    const parts = await ask(await scribbler, { messages: prompt('x'), ...output(recipe), ...hot(1), maxTokens: 5 })
    expect(finishOf(parts)).toMatchObject({ reason: 'length', usage: { output: 5 } })
  })
})

describe('extra', () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed))('regex: the answer matches it (%i)', async (seed) => {
    const parts = await ask(await scribbler, {
      messages: prompt('x'),
      extra: { regex: '[a-c]{2,4}-\\d+(px|em)' },
      ...hot(seed),
    })
    expect(textIn(parts)).toMatch(/^[a-c]{2,4}-\d+(px|em)$/)
  })

  it('choice: the answer is one of the texts; one that is the only one is written without the model', async () => {
    const engine = await scribbler
    const choice = ['yes', 'no', 'no idea']
    expect(choice).toContain(textIn(await ask(engine, { messages: prompt('x'), extra: { choice } })))
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    expect(textIn(await ask(engine, { messages: prompt('x'), extra: { choice: ['only'] } }, scheduler))).toBe('only')
    expect(scheduler.stats().runMs).toBe(0)
  })

  it('of another type is an invalid argument', async () => {
    for (const extra of [{ regex: 1 }, { choice: 'a' }, { regex: '(' }] as never[])
      await expect(ask(await scribbler, { messages: prompt('x'), extra })).rejects.toMatchObject({
        code: expect.stringMatching('invalid-argument|unsupported'),
      })
  })
})

describe('tools', () => {
  const tools: ToolDefinition[] = [
    { type: 'function', name: 'cook', inputSchema: recipe },
    {
      type: 'function',
      name: 'wait',
      inputSchema: {
        type: 'object',
        properties: { minutes: { type: 'integer', minimum: 1, maximum: 9 } },
        required: ['minutes'],
        additionalProperties: false,
      },
    },
  ]

  it.each(Array.from({ length: 8 }, (_, seed) => seed))(
    'that must be called are, with arguments that fit (%i)',
    async (seed) => {
      const parts = await ask(await scribbler, { messages: prompt('x'), tools, toolChoice: 'required', ...hot(seed) })
      const [call] = callsIn(parts)
      expect(['cook', 'wait']).toContain(call?.name)
      if (call?.name === 'cook') isRecipe(call.input)
      else expect(JSON.parse(call?.input ?? '')).toEqual({ minutes: expect.toBeOneOf([1, 2, 3, 4, 5, 6, 7, 8, 9]) })
      expect(callsIn(parts)).toHaveLength(1)
      expect(textIn(parts)).toBe('')
      expect(finishOf(parts).reason).toBe('tool-calls')
    },
  )

  it('one that is named is called', async () => {
    const parts = await ask(await scribbler, { messages: prompt('x'), tools, toolChoice: { tool: 'wait' }, ...hot(3) })
    expect(callsIn(parts)).toMatchObject([{ name: 'wait' }])
  })

  it('whose schema can not be enforced take any object, with a warning; with strict they are refused', async () => {
    const inputSchema = { type: 'object', properties: { a: { type: 'array', contains: { const: 1 } } } }
    const odd = (strict: boolean): ToolDefinition => ({ type: 'function', name: 'odd', inputSchema, strict })
    const call = { messages: prompt('x'), toolChoice: { tool: 'odd' }, ...hot(1), maxTokens: 400 }
    const parts = await ask(await scribbler, { ...call, tools: [odd(false)] })
    expect(parts).toContainEqual(
      expect.objectContaining({ kind: 'warning', warning: expect.objectContaining({ option: 'tools.odd' }) }),
    )
    await expect(ask(await scribbler, { ...call, tools: [odd(true)] })).rejects.toMatchObject({ code: 'unsupported' })
  })
})
