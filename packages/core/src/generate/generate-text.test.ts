import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { z } from 'zod'
import type { Message } from '../contract/message.ts'
import type { Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { type AnyModelError, isAnyModelError } from '../errors.ts'
import { providerTool, tool } from '../tool/tool.ts'
import { generateText } from './generate-text.ts'
import { stepCount, toolCalled } from './options.ts'
import { streamText } from './stream-text.ts'

const finish = (reason: 'stop' | 'tool-calls' | 'length' | 'pause' = 'stop'): Part => ({
  type: 'finish',
  reason,
  usage: { input: 10, output: 2 },
  response: { provider: 'test', model: 'm' },
})
const text = (value: string): Part => ({ type: 'text', text: value })
const call = (id: string, name: string, input: unknown): Part => ({
  type: 'tool-call',
  id,
  name,
  input: typeof input === 'string' ? input : JSON.stringify(input),
})

/** A model that gives one script after the other and keeps what it was asked. */
function scripted(...answers: Part[][]) {
  const calls: TextCall[] = []
  const model: TextModel = {
    provider: 'test',
    id: 'm',
    supports: { tools: true, files: ['image/*'], knobs: ['temperature', 'maxTokens'] },
    async *stream(asked) {
      calls.push(asked)
      yield* answers[Math.min(calls.length, answers.length) - 1] as Part[]
    },
  }
  return { model, calls }
}

const add = tool({
  description: 'Adds',
  input: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
})

describe('generateText', () => {
  it('gives text, usage, warnings, attempts and a conversation to continue with', async () => {
    const { model, calls } = scripted([text('Hel'), text('lo'), finish()])
    const result = await generateText({ model, system: 'Be kind.', prompt: 'Hi', temperature: 0.5, topK: 3 })
    expect(result).toMatchObject({ text: 'Hello', finishReason: 'stop', usage: { input: 10, output: 2 } })
    expect(result.warnings).toEqual([{ option: 'topK', message: expect.stringContaining('topK') }])
    expect(result.attempts).toMatchObject([{ provider: 'test', model: 'm', outcome: 'ok' }])
    expect(calls[0]?.messages[0]).toEqual({ role: 'system', content: 'Be kind.' })
    expect(calls[0]).toMatchObject({ temperature: 0.5, delivery: 'whole' })
    expect(calls[0]).not.toHaveProperty('topK')
    expect(result.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
    ])
  })

  it('runs tools and asks again until there are no calls; usage is summed', async () => {
    const { model, calls } = scripted(
      [text('Let me see. '), call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')],
      [text('3'), finish()],
    )
    const result = await generateText({ model, prompt: '1+2', tools: { add } })
    expect(result.text).toBe('3')
    expect(result.steps).toHaveLength(2)
    expect(result.steps[0]?.toolResults).toMatchObject([{ id: '1', name: 'add', output: 3 }])
    expect(result.usage).toEqual({ input: 20, output: 4 })
    expect(calls[1]?.messages.at(-1)).toEqual({
      role: 'tool',
      content: [{ type: 'tool-result', id: '1', name: 'add', output: 3 }],
    })
    expect(JSON.parse(JSON.stringify(result.messages))).toEqual(result.messages)
  })

  it('warnings and attempts of all steps are on the result, each warning once', async () => {
    const turns: Part[][] = [
      [call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')],
      [text('3'), finish()],
    ]
    const all = await generateText({ model: scripted(...turns).model, prompt: 'x', topK: 3, tools: { add } })
    expect(all.warnings.map(({ option }) => option)).toEqual(['topK'])
    expect(all.attempts.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])

    const able: TextModel = { ...scripted([text('3'), finish()]).model, supports: { tools: true, knobs: ['topK'] } }
    const mixed = await generateText({
      model: scripted(...turns).model,
      prompt: 'x',
      topK: 3,
      tools: { add },
      prepareStep: ({ steps }) => (steps.length > 0 ? { model: able } : {}),
    })
    expect(mixed.steps.map((step) => step.warnings.length)).toEqual([1, 0])
    expect(mixed.warnings).toHaveLength(1)
  })

  it('infers the types of tool calls', async () => {
    const { model } = scripted([call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')], [text('3'), finish()])
    const { steps } = await generateText({ model, prompt: 'x', tools: { add, stop: tool({ input: z.object({}) }) } })
    const made = steps[0]?.toolCalls[0]
    if (made?.name === 'add') expectTypeOf(made.input).toEqualTypeOf<{ a: number; b: number }>()
    const got = steps[0]?.toolResults[0]
    if (got?.name === 'add') expectTypeOf(got.output).toEqualTypeOf<number | string>()
    expect(made?.name).toBe('add')
  })

  it('runs the tools of one answer at once, up to the limit, and keeps their order', async () => {
    let running = 0
    let most = 0
    const slow = tool({
      input: z.object({ n: z.number() }),
      execute: async ({ n }) => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 20 - n))
        running--
        return n
      },
    })
    const ids = [0, 1, 2, 3, 4, 5]
    const { model } = scripted(
      [...ids.map((n) => call(`c${n}`, 'slow', { n })), finish('tool-calls')],
      [text('ok'), finish()],
    )
    const { steps } = await generateText({ model, prompt: 'x', tools: { slow }, toolConcurrency: 3 })
    expect(most).toBe(3)
    expect(steps[0]?.toolResults.map(({ output }) => output)).toEqual(ids)
  })

  it.each([
    ['a tool that throws', call('1', 'broken', {}), 'out of paper'],
    ['an input that does not fit', call('1', 'add', { a: 'one', b: 2 }), 'does not fit the schema. a:'],
    ['an input that is not JSON', call('1', 'add', '{"a":'), 'not valid JSON'],
    ['a tool that does not exist', call('1', 'sub', {}), 'no tool "sub". Tools: add, broken, slow'],
    ['a tool called like a method of objects', call('1', 'toString', {}), 'no tool "toString"'],
    ['a tool that takes too long', call('1', 'slow', {}), 'within 20 ms'],
  ])('%s is an answer to the model, not an error', async (_, part, words) => {
    const { model, calls } = scripted([part, finish('tool-calls')], [text('sorry'), finish()])
    const broken = tool({
      input: z.object({}),
      execute: () => {
        throw new Error('out of paper')
      },
    })
    const slow = tool({ input: z.object({}), timeout: 20, execute: () => new Promise(() => {}) })
    const result = await generateText({ model, prompt: 'x', tools: { add, broken, slow } })
    expect(result.text).toBe('sorry')
    expect(calls[1]?.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: [{ id: '1', isError: true, output: expect.stringContaining(words) }],
    })
  })

  it('stops at conditions although tools were called', async () => {
    const again = () => scripted([call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')]).model
    expect(
      (await generateText({ model: again(), prompt: 'x', tools: { add }, stopWhen: stepCount(3) })).steps,
    ).toHaveLength(3)
    expect(
      (await generateText({ model: again(), prompt: 'x', tools: { add }, stopWhen: [stepCount(9), toolCalled('add')] }))
        .steps,
    ).toHaveLength(1)
    expect((await generateText({ model: again(), prompt: 'x', tools: { add } })).steps).toHaveLength(20)
  })

  it('prepareStep changes the model, the tools, the system text and the messages of a step', async () => {
    const first = scripted([call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')])
    const second = scripted([text('done'), finish()])
    const result = await generateText({
      model: first.model,
      prompt: 'x',
      tools: { add, other: tool({ input: z.object({}) }) },
      prepareStep: ({ steps, messages }) =>
        steps.length === 0
          ? { activeTools: ['add'], toolChoice: 'required' }
          : { model: second.model, system: 'Short.', messages: messages.slice(-1) },
    })
    expect(result.text).toBe('done')
    expect(first.calls[0]?.tools?.map(({ name }) => name)).toEqual(['add'])
    expect(first.calls[0]?.toolChoice).toBe('required')
    expect(second.calls[0]?.messages.map(({ role }) => role)).toEqual(['system', 'tool'])
  })

  it('a tool without execute ends the run; its result goes on with the conversation', async () => {
    const ask = tool({ input: z.object({ question: z.string() }) })
    const { model } = scripted([call('1', 'ask', { question: 'Age?' }), finish('tool-calls')], [text('42!'), finish()])
    const first = await generateText({ model, prompt: 'x', tools: { ask } })
    expect(first.toolCalls).toEqual([{ id: '1', name: 'ask', input: { question: 'Age?' } }])
    expect(first.approvals).toEqual([])
    await expect(generateText({ model, messages: first.messages, tools: { ask } })).rejects.toThrow(
      /tool calls without a result: 1/,
    )
    const messages: Message[] = [
      ...first.messages,
      { role: 'tool', content: [{ type: 'tool-result', id: '1', name: 'ask', output: '42' }] },
    ]
    expect((await generateText({ model, messages, tools: { ask } })).text).toBe('42!')
  })

  it('a provider that pauses is asked to go on with what it wrote', async () => {
    const { model, calls } = scripted([text('a'), finish('pause')], [text('b'), finish()])
    const result = await generateText({ model, prompt: 'x' })
    expect(result.steps.map((step) => step.text)).toEqual(['a', 'b'])
    expect(calls[1]?.messages.at(-1)).toMatchObject({ role: 'assistant' })
  })

  it('tools that the provider runs pass through', async () => {
    const { model, calls } = scripted([
      { type: 'tool-call', id: 's', name: 'search', input: '{"q":"x"}', byProvider: true },
      { type: 'tool-result', id: 's', name: 'search', output: { hits: 1 }, byProvider: true },
      text('found'),
      finish(),
    ])
    const result = await generateText({
      model,
      prompt: 'x',
      tools: { search: providerTool('test', { type: 'web_search' }) },
    })
    expect(calls[0]?.tools).toEqual([
      { type: 'provider', provider: 'test', name: 'search', definition: { type: 'web_search' } },
    ])
    expect(result.toolCalls).toEqual([{ id: 's', name: 'search', input: { q: 'x' }, byProvider: true }])
    expect(result.toolResults).toMatchObject([{ id: 's', output: { hits: 1 }, byProvider: true }])
    expect(result.steps).toHaveLength(1)
  })

  it('a call of a tool that the provider defines and you run ends the run; its result goes on with the conversation', async () => {
    const { model } = scripted(
      [call('1', 'computer', { action: 'click' }), finish('tool-calls')],
      [text('done'), finish()],
    )
    const tools = { screen: providerTool('test', { type: 'computer_20260801', name: 'computer' }) }
    const first = await generateText({ model, prompt: 'x', tools })
    expect(first.toolCalls).toEqual([{ id: '1', name: 'computer', input: { action: 'click' } }])
    expect(first.steps).toHaveLength(1)
    const messages: Message[] = [
      ...first.messages,
      { role: 'tool', content: [{ type: 'tool-result', id: '1', name: 'computer', output: 'clicked' }] },
    ]
    expect((await generateText({ model, messages, tools })).text).toBe('done')
  })

  it('tools of another provider are refused before anything is sent', async () => {
    const { model, calls } = scripted([finish()])
    await expect(
      generateText({ model, prompt: 'x', tools: { search: providerTool('other', {}) } }),
    ).rejects.toMatchObject({ code: 'unsupported' })
    expect(calls).toHaveLength(0)
  })

  it('what a model shows of a tool output may be files', async () => {
    const shot = tool({
      input: z.object({}),
      execute: () => 'AQID',
      toContent: (data: string) => [{ type: 'file', mediaType: 'image/png', data }],
    })
    const { model, calls } = scripted([call('1', 'shot', {}), finish('tool-calls')], [text('ok'), finish()])
    await generateText({ model, prompt: 'x', tools: { shot } })
    expect(calls[1]?.messages.at(-1)).toMatchObject({
      content: [{ output: 'AQID', content: [{ type: 'file', mediaType: 'image/png' }] }],
    })
  })

  it.each([
    [{ prompt: 'x', messages: [] }, /not both/],
    [{}, /prompt or messages/],
    [{ messages: [] }, /at least one/],
    [{ messages: [{ role: 'robot', content: 'x' }] }, /messages\[0\] has no valid role/],
    [{ messages: [{ role: 'user', content: 5 }] }, /messages\[0\]\.content/],
    [{ messages: [{ role: 'user', content: [{ type: 'image' }] }] }, /content\[0\]/],
    [{ prompt: 'x', maxTokens: 0 }, /maxTokens/],
    [{ prompt: 'x', temperature: Number.NaN }, /temperature/],
    [{ prompt: 'x', stop: [''] }, /stop/],
    [{ prompt: 'x', model: 'gpt' }, /model is the text "gpt"/],
    [{ prompt: 'x', model: undefined }, /model is missing/],
  ])('wrong arguments %o are told before anything is sent', async (options, message) => {
    const { model, calls } = scripted([finish()])
    const error = await generateText({ model, ...(options as object) } as never).catch((e) => e)
    expect(error.message).toMatch(message)
    expect(error.code).toBe('invalid-argument')
    expect(calls).toHaveLength(0)
  })

  it('onUnsupported error refuses a missing tuning option; emulate cuts at stop texts across fragments', async () => {
    const { model } = scripted([text('one tw'), text('o three'), finish()])
    await expect(generateText({ model, prompt: 'x', stop: ['two'], onUnsupported: 'error' })).rejects.toMatchObject({
      code: 'unsupported',
    })
    const { text: cut, warnings } = await generateText({ model, prompt: 'x', stop: ['two'], onUnsupported: 'emulate' })
    expect(cut).toBe('one ')
    expect(warnings).toEqual([])
  })

  it('a stream that ends without finish is truncated, with what came', async () => {
    const { model } = scripted([text('half'), call('1', 'add', '{"a"')])
    const error = (await generateText({ model, prompt: 'x', tools: { add } }).catch((e) => e)) as AnyModelError
    expect(isAnyModelError(error) && error.code).toBe('truncated')
    expect(error.partial).toEqual({
      text: 'half',
      toolCalls: [{ id: '1', name: 'add', input: '{"a"' }],
      usage: undefined,
    })
  })

  it('an error in a later step tells what all steps delivered', async () => {
    const { model } = scripted([text('one '), call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')], [text('two')])
    const error = (await generateText({ model, prompt: 'x', tools: { add } }).catch((e) => e)) as AnyModelError
    expect(error.partial).toMatchObject({ text: 'one two', usage: { input: 10 } })
  })

  it('an abort rejects with its reason, the partial answer hung on it, also while a tool runs', async () => {
    const controller = new AbortController()
    const { model } = scripted([text('one '), call('1', 'hang', {}), finish('tool-calls')])
    const hang = tool({
      input: z.object({}),
      execute: (_, { signal }) => {
        setTimeout(() => controller.abort(new Error('enough')), 5)
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
      },
    })
    const error = await generateText({ model, prompt: 'x', tools: { hang }, signal: controller.signal }).catch((e) => e)
    expect(error).toBe(controller.signal.reason)
    expect(error.partial).toMatchObject({ text: 'one ', usage: { input: 10 } })
  })
})

describe('approval', () => {
  const run = vi.fn(({ path }: { path: string }) => `deleted ${path}`)
  const remove = tool({
    input: z.object({ path: z.string() }),
    needsApproval: ({ path }) => path.startsWith('/'),
    execute: run,
  })
  const answers: Part[][] = [
    [call('1', 'remove', { path: '/etc' }), call('2', 'remove', { path: 'tmp' }), finish('tool-calls')],
    [text('done'), finish()],
  ]

  it('pauses before the call runs, survives JSON, and resumes with the word of a person', async () => {
    run.mockClear()
    const { model, calls } = scripted(...answers)
    const paused = await generateText({ model, prompt: 'clean up', tools: { remove } })
    expect(paused.approvals).toEqual([{ id: '1', name: 'remove', input: { path: '/etc' } }])
    expect(run.mock.calls.map(([input]) => input.path)).toEqual(['tmp'])
    expect(calls).toHaveLength(1)

    const messages = JSON.parse(JSON.stringify(paused.messages))
    const resumed = await generateText({ model, messages, tools: { remove }, approvals: [{ id: '1', approved: true }] })
    expect(resumed.text).toBe('done')
    expect(run.mock.calls.map(([input]) => input.path)).toEqual(['tmp', '/etc'])
    const told = calls[1]?.messages.flatMap((message) => (message.role === 'tool' ? message.content : []))
    expect(told?.map(({ id, output }) => [id, output])).toEqual([
      ['2', 'deleted tmp'],
      ['1', 'deleted /etc'],
    ])
  })

  it('a denied call is told to the model and never runs', async () => {
    run.mockClear()
    const { model, calls } = scripted(...answers)
    const paused = await generateText({ model, prompt: 'clean up', tools: { remove } })
    await generateText({
      model,
      messages: paused.messages,
      tools: { remove },
      approvals: [{ id: '1', approved: false, reason: 'too dangerous' }],
    })
    expect(run.mock.calls.map(([input]) => input.path)).toEqual(['tmp'])
    expect(calls[1]?.messages.at(-1)).toMatchObject({
      content: [{ id: '1', isError: true, output: 'The call was denied: too dangerous' }],
    })
  })

  it('going on without a word is refused', async () => {
    const { model } = scripted(...answers)
    const paused = await generateText({ model, prompt: 'clean up', tools: { remove } })
    await expect(generateText({ model, messages: paused.messages, tools: { remove } })).rejects.toThrow(
      /Pass approvals/,
    )
  })
})

describe('streamText', () => {
  it('sends nothing before somebody reads, and lets many read', async () => {
    const { model, calls } = scripted([text('a'), text('b'), finish()])
    const stream = streamText({ model, prompt: 'x' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(calls).toHaveLength(0)
    const read = async () => {
      const out: string[] = []
      for await (const piece of stream.textStream) out.push(piece)
      return out.join('')
    }
    expect(await Promise.all([read(), read(), stream.result.then((result) => result.text)])).toEqual(['ab', 'ab', 'ab'])
    expect(await read()).toBe('ab')
    expect(calls).toHaveLength(1)
  })

  it('leaving the loop closes the model; the result then says so with what came', async () => {
    let closed = false
    const model: TextModel = {
      provider: 'test',
      id: 'm',
      supports: {},
      async *stream({ signal }) {
        try {
          yield text('first')
          await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
        } finally {
          closed = true
        }
      },
    }
    const stream = streamText({ model, prompt: 'x' })
    for await (const _ of stream.textStream) break
    const error = await stream.result.catch((e) => e)
    expect(closed).toBe(true)
    expect(error).toMatchObject({ code: 'aborted', partial: { text: 'first' } })
  })

  it('an error nobody waits for does not crash the process', async () => {
    const model: TextModel = {
      provider: 'test',
      id: 'm',
      supports: {},
      // biome-ignore lint/correctness/useYield: it fails before the first part
      async *stream() {
        throw new Error('boom')
      },
    }
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const stream = streamText({ model, prompt: 'x' })
    await expect(async () => {
      for await (const _ of stream) void 0
    }).rejects.toThrow('boom')
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('parts of all steps come in order, tool results between them', async () => {
    const { model } = scripted([call('1', 'add', { a: 1, b: 2 }), finish('tool-calls')], [text('3'), finish()])
    const types: string[] = []
    for await (const part of streamText({ model, prompt: 'x', tools: { add } })) types.push(part.type)
    expect(types).toEqual(['tool-call', 'finish', 'tool-result', 'text', 'finish'])
  })
})
