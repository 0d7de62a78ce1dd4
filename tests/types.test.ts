import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  generateObject,
  type generateText,
  type Part,
  streamObject,
  streamText,
  type TextModel,
  type TextResult,
  tool,
} from '@anymodel/core'
import { groq } from '@anymodel/providers/groq'
import type { anymodel } from 'anymodel'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { run as countInstantiations, limit } from './bench/types.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('types', () => {
  it('of every package, test and example check: what expectTypeOf says is checked here', () => {
    const { stdout, status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  }, 120_000)

  it('stay light: an application with five tools and two schemas', () => {
    expect(countInstantiations().json.added).toBeLessThan(limit)
  }, 60_000)

  it('of the public API', () => {
    const model = groq().text('some-model')
    expectTypeOf(model).toExtend<TextModel>()
    expectTypeOf(groq()).not.toHaveProperty('image')

    const weather = tool({
      input: z.object({ city: z.string(), days: z.number().default(1) }),
      execute: ({ city, days }) => ({ city, days }),
    })
    const search = tool({
      input: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
      execute: ({ query }) => [query],
    })
    const tools = { weather, search }
    type Result = Awaited<ReturnType<typeof generateText<typeof tools>>>
    expectTypeOf<Result>().toEqualTypeOf<TextResult<typeof tools>>()
    type Call = Result['toolCalls'][number]
    expectTypeOf<Call['name']>().toEqualTypeOf<'weather' | 'search'>()
    expectTypeOf<Extract<Call, { name: 'weather' }>['input']>().toEqualTypeOf<{ city: string; days: number }>()
    expectTypeOf<Extract<Call, { name: 'search' }>['input']>().toExtend<{ query: string }>()

    const stream = () => streamText({ model, prompt: 'Hi' })
    expectTypeOf(stream).returns.toExtend<AsyncIterable<Part>>()
    expectTypeOf<ReturnType<typeof stream>['textStream']>().toEqualTypeOf<AsyncIterable<string>>()

    const schema = z.object({ name: z.string(), tags: z.array(z.string()).default([]) })
    const object = () => generateObject({ model, schema, prompt: 'Who?' })
    expectTypeOf<Awaited<ReturnType<typeof object>>['object']>().toEqualTypeOf<{ name: string; tags: string[] }>()
    const list = () => streamObject({ model, array: schema, prompt: 'Who?' })
    expectTypeOf<ReturnType<typeof list>['elementStream']>().toEqualTypeOf<
      AsyncIterable<{ name: string; tags: string[] }>
    >()
    const choice = () => generateObject({ model, choice: ['red', 'green'], prompt: 'Which?' })
    expectTypeOf<Awaited<ReturnType<typeof choice>>['object']>().toEqualTypeOf<'red' | 'green'>()

    type Client = Awaited<ReturnType<typeof anymodel>>
    expectTypeOf<Parameters<Client['generateText']>[0]['model']>().toEqualTypeOf<
      string | TextModel | (() => TextModel | Promise<TextModel>)
    >()
  })
})
