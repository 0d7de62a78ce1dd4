import { isAnyModelError, type Part } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { ask, finishOf, textIn, toyEngine } from '../testing/ask.ts'
import { special } from '../testing/toy-model.ts'
import { Scheduler } from './scheduler.ts'
import { writer } from './writer.ts'

const bytes = (text: string) => [...new TextEncoder().encode(text)]

describe('an answer', () => {
  it('recites what the graph says, with the cache handed from step to step, in both precisions', async () => {
    for (const precision of ['float32', 'float16'] as const) {
      const parts = await ask(await toyEngine({ says: 'Hello, wörld! 👩‍👩‍👧', precision }))
      expect(textIn(parts)).toBe('Hello, wörld! 👩‍👩‍👧')
      expect(finishOf(parts)).toMatchObject({
        reason: 'stop',
        response: { provider: 'onnx', model: 'toy', rawReason: 'end token' },
      })
    }
  })

  it('counts tokens in and out, the end token included', async () => {
    const { usage } = finishOf(await ask(await toyEngine({ says: 'abc' })))
    expect(usage).toEqual({ input: 2, output: 4, total: 6 })
  })

  it('ends with length at maxTokens, without half a character', async () => {
    const parts = await ask(await toyEngine({ says: 'né!' }), { maxTokens: 2 })
    expect(textIn(parts)).toBe('n')
    expect(finishOf(parts)).toMatchObject({
      reason: 'length',
      usage: { output: 2 },
      response: { rawReason: 'max tokens' },
    })
  })

  it('ends with length when the context is full', async () => {
    const parts = await ask(await toyEngine({ says: 'abcdefgh', context: 6 }))
    expect(textIn(parts)).toBe('abcd')
    expect(finishOf(parts)).toMatchObject({ reason: 'length', response: { rawReason: 'context length' } })
  })

  it('says the numbers when the prompt does not fit', async () => {
    const engine = await toyEngine({ says: 'x', template: null, context: 16 })
    const error = await ask(engine, { messages: [{ role: 'user', content: 'a'.repeat(20) }] }).catch((e: unknown) => e)
    expect(isAnyModelError(error) && error.code).toBe('context-length')
    expect((error as Error).message).toContain('20 tokens and the model takes 16')
  })

  it('ends at a stop text that is spread over tokens, and shows none of it', async () => {
    const parts = await ask(await toyEngine({ says: 'one two END three' }), { stop: ['END', 'nowhere'] })
    expect(textIn(parts)).toBe('one two ')
    expect(finishOf(parts)).toMatchObject({ reason: 'stop', response: { rawReason: 'stop text' } })
  })

  it('shows what only looked like a stop text', async () => {
    expect(textIn(await ask(await toyEngine({ says: 'ENE ENX EN' }), { stop: ['END'] }))).toBe('ENE ENX EN')
  })

  it('comes token by token, not all at the end', async () => {
    const parts = await ask(await toyEngine({ says: 'abc' }))
    expect(parts.filter((part) => part.type === 'text')).toHaveLength(3)
  })

  it('gives log probabilities of the model, whatever the sampler does', async () => {
    const parts = await ask(await toyEngine({ says: 'ab' }), {
      logprobs: 2,
      temperature: 0,
      maxTokens: 1,
      logitBias: { 98: 50 },
    })
    const [entry] = (finishOf(parts).response.details?.logprobs ?? []) as {
      token: string
      logprob: number
      top_logprobs: { token: string; logprob: number }[]
    }[]
    expect(entry?.token).toBe('b')
    expect(entry?.logprob).toBeCloseTo(-20, 4)
    expect(entry?.top_logprobs[0]).toMatchObject({ token: 'a' })
    expect(entry?.top_logprobs[0]?.logprob).toBeCloseTo(0, 4)
    expect(entry?.top_logprobs).toHaveLength(2)
  })

  it('refuses values out of range', async () => {
    const engine = await toyEngine({ says: 'x' })
    for (const call of [
      { temperature: -1 },
      { topP: 0 },
      { minP: 2 },
      { repetitionPenalty: 0 },
      { logitBias: { 999: 1 } },
    ])
      await expect(ask(engine, call)).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('takes defaults from generation_config.json, and the call before them', async () => {
    const generation = { do_sample: true, temperature: 100, max_new_tokens: 3 }
    const engine = await toyEngine({ says: 'aaaaaaaa', generation })
    const drawn = await ask(engine, { seed: 1 })
    expect(finishOf(drawn).usage.output).toBe(3)
    expect(textIn(drawn)).not.toBe('aaa')
    expect(textIn(await ask(engine, { temperature: 0, maxTokens: 4 }))).toBe('aaaa')
  })
})

describe('tool calls', () => {
  const tools = [{ type: 'function' as const, name: 'add', inputSchema: { type: 'object' } }]

  it('are parts of their own, after the text before them', async () => {
    const says = 'Let me see.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'
    const parts = await ask(await toyEngine({ says }), { tools })
    expect(textIn(parts)).toBe('Let me see.\n')
    expect(parts.filter((part) => part.type === 'tool-call')).toMatchObject([{ name: 'add', input: '{"a":1}' }])
    expect(finishOf(parts).reason).toBe('tool-calls')
  })

  it('are seen where the tag is a special token', async () => {
    const says = [special.toolCalls, ...bytes('[{"name": "add", "arguments": {"a": 2}}]')]
    const parts = await ask(await toyEngine({ says }), { tools })
    expect(parts.filter((part) => part.type === 'tool-call')).toMatchObject([{ name: 'add', input: '{"a":2}' }])
    expect(textIn(parts)).toBe('')
  })

  it('are text when no tools were given', async () => {
    const says = '<tool_call>{"name": "add", "arguments": {}}</tool_call>'
    expect(textIn(await ask(await toyEngine({ says })))).toBe(says)
    expect(textIn(await ask(await toyEngine({ says }), { tools, toolChoice: 'none' }))).toBe(says)
  })

  it('are the whole answer when they are forced', async () => {
    const says = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call> and so on'
    const engine = await toyEngine({ says, template: 'go' })
    // The prompt is longer than two tokens here, so the model is put at the start of its text.
    const restarted = { ...engine, encode: (text: string) => engine.encode(text.includes('go') ? 'go' : text, false) }
    const parts = await ask(restarted, { tools, toolChoice: { tool: 'add' } })
    expect(parts.filter((part) => part.type === 'tool-call')).toMatchObject([{ name: 'add', input: '{"a":1}' }])
    expect(textIn(parts)).toBe('')
    expect(finishOf(parts)).toMatchObject({ reason: 'tool-calls', response: { rawReason: 'whole' } })
  })

  it('end after the first one where only one is wanted', async () => {
    const call = '<tool_call>{"name": "add", "arguments": {}}</tool_call>'
    const engine = await toyEngine({ says: call + call })
    const count = async (parallelToolCalls: boolean) =>
      (await ask(engine, { tools, parallelToolCalls })).filter((part) => part.type === 'tool-call').length
    expect(await count(true)).toBe(2)
    expect(await count(false)).toBe(1)
  })
})

describe('leaving', () => {
  it('stops within one token', async () => {
    const engine = await toyEngine({ says: 'abcdefgh' })
    let runs = 0
    let shown = ''
    const { run } = engine.graph
    const counting = (...inputs: Parameters<typeof run>) => {
      runs++
      return run(...inputs)
    }
    const job = {
      call: { messages: [{ role: 'user' as const, content: 'hi' }] },
      model: 'toy',
      emit: (parts: readonly Part[]) => {
        shown += textIn(parts)
      },
      cancelled: () => shown.length >= 3,
    }
    await new Scheduler({ ...engine.graph, run: counting }, engine.weightBytes).answer(job, writer(engine, job))
    expect(shown).toBe('abc')
    expect(runs).toBe(3)
  })
})
