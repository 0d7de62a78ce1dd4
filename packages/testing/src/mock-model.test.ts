import { AnyModelError, generateText, streamText } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { mockModel } from './mock-model.ts'

describe('mockModel', () => {
  it('answers a text, every time, and records the calls', async () => {
    const model = mockModel('Hello!')
    expect((await generateText({ model, prompt: 'one', temperature: 0.5 })).text).toBe('Hello!')
    expect((await generateText({ model, prompt: 'two' })).text).toBe('Hello!')
    expect(model.calls.map(({ messages }) => messages.at(-1)?.content)).toEqual(['one', 'two'])
    expect(model.calls[0]?.temperature).toBe(0.5)
  })

  it('answers parts, with the end that they spell out', async () => {
    const model = mockModel([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Yes, ' },
      { type: 'text', text: 'no.' },
      { type: 'finish', reason: 'length', usage: { output: 3 } },
    ])
    const stream = streamText({ model, prompt: 'Hi' })
    const deltas: string[] = []
    for await (const delta of stream.textStream) deltas.push(delta)
    expect(deltas).toEqual(['Yes, ', 'no.'])
    const result = await stream.result
    expect([result.reasoning, result.finishReason, result.usage.output]).toEqual(['Hm.', 'length', 3])
  })

  it('answers one after the other, the last one again and again', async () => {
    const model = mockModel([[{ type: 'tool-call', id: '1', name: 'add', input: '{"a":1}' }], 'Done.'])
    const tools = { add: { input: { type: 'object' }, execute: () => 2 } }
    const { text, steps } = await generateText({ model, prompt: 'Add.', tools })
    expect([text, steps.length, steps[0]?.finishReason]).toEqual(['Done.', 2, 'tool-calls'])
    expect((await generateText({ model, prompt: 'Again.' })).text).toBe('Done.')
  })

  it('answers what a function of the call gives', async () => {
    const model = mockModel(async ({ messages }, index) => `${index}: ${messages.at(-1)?.content}`)
    expect((await generateText({ model, prompt: 'a' })).text).toBe('0: a')
    expect((await generateText({ model, prompt: 'b' })).text).toBe('1: b')
  })

  it('throws an error in place of an answer, or in the middle of one', async () => {
    const error = new AnyModelError('rate-limit', 'Slow down.')
    await expect(generateText({ model: mockModel([error, 'Hi']), prompt: 'Hi' })).rejects.toMatchObject({
      code: 'rate-limit',
    })
    const breaking = mockModel(
      [
        { type: 'text', text: 'Half' },
        { type: 'text', text: ' more' },
      ],
      { breaks: { after: 1, error } },
    )
    await expect(generateText({ model: breaking, prompt: 'Hi' })).rejects.toMatchObject({ partial: { text: 'Half' } })
  })

  it('is aborted like any model', async () => {
    const controller = new AbortController()
    const model = mockModel(() => {
      controller.abort('enough')
      return 'Never seen.'
    })
    await expect(generateText({ model, prompt: 'Hi', signal: controller.signal })).rejects.toBe('enough')
  })

  it('lacks what it is told to lack', async () => {
    const model = mockModel('Hi', { supports: {}, provider: 'small', id: 'tiny' })
    await expect(generateText({ model, prompt: 'Hi', tools: { x: { input: {} } } })).rejects.toMatchObject({
      code: 'unsupported',
      provider: 'small',
      model: 'tiny',
    })
    expect(model.calls).toEqual([])
  })

  it('needs an answer', () => {
    expect(() => mockModel([])).toThrow('at least one answer')
  })
})
