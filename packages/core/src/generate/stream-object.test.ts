import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { Part } from '../contract/part.ts'
import type { OutputMode, TextCall, TextModel } from '../contract/text.ts'
import { streamObject } from './stream-object.ts'

const finish: Part = {
  type: 'finish',
  reason: 'stop',
  usage: { input: 1, output: 1 },
  response: { provider: 'test', model: 'm' },
}

/** A model that writes each answer in pieces, letting readers run in between. */
function writing(mode: OutputMode, ...answers: string[][]) {
  const calls: TextCall[] = []
  const state = { closed: 0, written: 0 }
  const model: TextModel = {
    provider: 'test',
    id: 'm',
    supports: { tools: true, output: [mode] },
    async *stream(call) {
      calls.push(call)
      try {
        for (const piece of answers[Math.min(calls.length, answers.length) - 1] ?? []) {
          await new Promise((resolve) => setImmediate(resolve))
          call.signal?.throwIfAborted()
          state.written++
          yield mode === 'tool'
            ? { type: 'tool-call', id: 'c', name: 'answer', input: piece }
            : { type: 'text', text: piece }
        }
        yield finish
      } finally {
        state.closed++
      }
    },
  }
  return { model, calls, state }
}

const recipe = z.object({ title: z.string(), steps: z.array(z.string()).min(2), minutes: z.coerce.number() })
const pieces = ['{"title":"So', 'up","steps":["cut', '"],', '"minutes":2', '0}']
const good = ['{"title":"Soup","steps":["cut","boil"],"minutes":"20"}']

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(structuredClone(item))
  return items
}

describe('streamObject', () => {
  it('sends nothing before somebody reads', async () => {
    const { model, calls } = writing('native', good)
    const stream = streamObject({ model, schema: recipe, prompt: 'x' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(calls).toHaveLength(0)
    expect((await stream.result).object).toEqual({ title: 'Soup', steps: ['cut', 'boil'], minutes: 20 })
    expect(calls[0]?.delivery).toBe('stream')
  })

  it.each<OutputMode>(['native', 'tool', 'json', 'prompt'])(
    'shows the object as it grows, in mode %s',
    async (mode) => {
      const loose = recipe.extend({ steps: z.array(z.string()) })
      const stream = streamObject({ model: writing(mode, pieces).model, schema: loose, prompt: 'x' })
      const partials = all(stream.partialStream)
      expectTypeOf(partials).resolves.items.toExtend<{ title?: string; steps?: string[] }>()
      expect(await partials).toEqual([
        { title: 'So' },
        { title: 'Soup', steps: ['cut'] },
        { title: 'Soup', steps: ['cut'] },
        { title: 'Soup', steps: ['cut'] },
        { title: 'Soup', steps: ['cut'], minutes: 20 },
      ])
      const { object, finishReason } = await stream.result
      expectTypeOf(object).toEqualTypeOf<{ title: string; steps: string[]; minutes: number }>()
      expect([object.minutes, finishReason]).toEqual([20, 'stop'])
    },
  )

  it('serves many readers, also late ones, from one answer', async () => {
    const { model, calls } = writing('native', good)
    const stream = streamObject({ model, schema: recipe, prompt: 'x' })
    const [first, second] = await Promise.all([all(stream.partialStream), all(stream)])
    expect(first.at(-1)).toEqual((await all(stream.partialStream)).at(-1))
    expect(second.map(({ type }) => type)).toEqual(['text', 'finish'])
    await stream.result
    expect(calls).toHaveLength(1)
  })

  it('begins anew after a re-ask, and says so among the parts', async () => {
    const { model, calls } = writing('native', ['{"title":"Bad"', ',"steps":[],"minutes":1}'], good)
    const stream = streamObject({ model, schema: recipe, prompt: 'x' })
    const [partials, parts] = await Promise.all([all(stream.partialStream), all(stream)])
    expect(partials.map((one) => one.title)).toEqual(['Bad', 'Bad', 'Soup'])
    expect(parts.filter(({ type }) => type === 'notice')).toMatchObject([
      { kind: 'reask', issues: [{ path: 'steps' }], message: expect.stringContaining('steps') },
    ])
    expect(parts.map(({ type }) => type)).toEqual(['text', 'text', 'finish', 'notice', 'text', 'finish'])
    expect((await stream.result).reasks).toBe(1)
    expect(calls).toHaveLength(2)
  })

  it('hands out list elements when they are whole', async () => {
    const { model, state } = writing('native', ['{"elements":[{"n"', ':1},{"n":', '2', '},{"n":3}', ']}'])
    const stream = streamObject({ model, array: z.object({ n: z.number() }), prompt: 'x' })
    const seen: [number, number][] = []
    for await (const element of stream.elementStream) {
      expectTypeOf(element).toEqualTypeOf<{ n: number }>()
      seen.push([element.n, state.written])
    }
    expect(seen.map(([n]) => n)).toEqual([1, 2, 3])
    expect(seen[0]?.[1]).toBeLessThan(4)
    expect(await all(stream.partialStream)).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }]])
  })

  it('hands out every position once, though the model is asked again', async () => {
    const { model } = writing(
      'native',
      ['{"elements":[{"n":1},', '{"n":"two"},', '{"n":3}]}'],
      ['{"elements":[{"n":1},', '{"n":2},{"n":3}]}'],
    )
    const stream = streamObject({ model, array: z.object({ n: z.number() }), prompt: 'x' })
    expect(await all(stream.elementStream)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    const bare = streamObject({
      model: writing('prompt', ['[{"n":1}', ',{"n":2}]']).model,
      array: z.object({ n: z.number() }),
      prompt: 'x',
    })
    expect(await all(bare.elementStream)).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('shows a choice when it is one', async () => {
    const stream = streamObject({
      model: writing('native', ['{"value":"y', 'es', '"}']).model,
      choice: ['yes', 'no'],
      prompt: 'x',
    })
    expectTypeOf(stream.partialStream).toEqualTypeOf<AsyncIterable<'yes' | 'no'>>()
    expect(new Set(await all(stream.partialStream))).toEqual(new Set(['yes']))
  })

  it('closes the model when its only reader leaves', async () => {
    const { model, state } = writing('native', pieces)
    const stream = streamObject({ model, schema: recipe, prompt: 'x' })
    for await (const _ of stream.partialStream) break
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(state.closed).toBe(1)
    expect(state.written).toBeLessThan(pieces.length)
  })

  it('gives the failure to every reader', async () => {
    const stream = streamObject({
      model: writing('native', ['{"title":1}']).model,
      schema: recipe,
      prompt: 'x',
      reasks: 0,
    })
    const failed = { code: 'invalid-output', issues: [{ path: 'title' }, { path: 'steps' }, { path: 'minutes' }] }
    await Promise.all([
      expect(all(stream.partialStream)).rejects.toMatchObject(failed),
      expect(all(stream)).rejects.toMatchObject(failed),
      expect(stream.result).rejects.toMatchObject(failed),
    ])
    await expect(
      all(streamObject({ model: writing('native', good).model, schema: 5 as never, prompt: 'x' })),
    ).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('answers web requests', async () => {
    const response = streamObject({ model: writing('tool', good).model, schema: recipe, prompt: 'x' }).toResponse({
      format: 'text',
    })
    expect(await response.text()).toBe(good[0])
  })
})
