import http from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { type Part, type ResponseFormat, streamText, type TextModel, tool } from '@anymodel/core'
import { parseJsonEventStream, readUIMessageStream, type UIMessage, uiMessageChunkSchema } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

const finish = (reason: 'stop' | 'tool-calls'): Part => ({
  type: 'finish',
  reason,
  usage: { input: 7, output: 3 },
  response: { provider: 'test', model: 'm' },
})

/** Thinks, calls a tool that runs here, then answers and calls one that the client has to run. */
const model: TextModel = {
  provider: 'test',
  id: 'm',
  supports: { tools: true },
  async *stream({ messages }) {
    if (messages.at(-1)?.role === 'user') {
      yield { type: 'reasoning', text: 'Let me ' }
      yield { type: 'reasoning', text: 'see.' }
      yield { type: 'tool-call', id: 'c1', name: 'weather', input: '{"city":' }
      yield { type: 'tool-call', id: 'c1', name: 'weather', input: '"Oslo"}' }
      yield finish('tool-calls')
    } else {
      yield { type: 'text', text: 'It is ' }
      yield { type: 'text', text: 'cold.' }
      yield { type: 'source', url: 'https://weather.example', title: 'Weather' }
      yield { type: 'tool-call', id: 'c2', name: 'show', input: '{"color":"blue"}' }
      yield finish('tool-calls')
    }
  },
}

const tools = {
  weather: tool({ input: z.object({ city: z.string() }), execute: ({ city }) => ({ city, celsius: -3 }) }),
  show: tool({ input: z.object({ color: z.string() }) }),
}

describe('official clients read our responses', () => {
  let server: http.Server
  let base: string
  beforeAll(async () => {
    server = http.createServer((req, res) => {
      const format: ResponseFormat = req.url?.includes('chat/completions')
        ? 'openai'
        : req.url?.includes('messages')
          ? 'anthropic'
          : 'ui'
      req.resume().on('end', () => void streamText({ model, prompt: 'How is Oslo?', tools }).pipeTo(res, { format }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('openai', async () => {
    const client = new OpenAI({ apiKey: 'test', baseURL: `${base}/v1`, maxRetries: 0 })
    const done = await client.chat.completions
      .stream({ model: 'm', messages: [{ role: 'user', content: 'x' }], stream_options: { include_usage: true } })
      .finalChatCompletion()
    const choice = done.choices[0]
    expect(choice?.message.content).toBe('It is cold.')
    expect(choice?.message.tool_calls).toMatchObject([
      { id: 'c2', function: { name: 'show', arguments: '{"color":"blue"}' } },
    ])
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(done.usage).toMatchObject({ prompt_tokens: 14, completion_tokens: 6 })
  })

  it('anthropic', async () => {
    const client = new Anthropic({ apiKey: 'test', baseURL: base, maxRetries: 0 })
    const done = await client.messages
      .stream({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'x' }] })
      .finalMessage()
    expect(done.content).toMatchObject([
      { type: 'thinking', thinking: 'Let me see.' },
      { type: 'text', text: 'It is cold.' },
      { type: 'tool_use', id: 'c2', name: 'show', input: { color: 'blue' } },
    ])
    expect(done.stop_reason).toBe('tool_use')
  })

  it('the UI message stream of the AI SDK, every chunk valid by its own schema', async () => {
    const response = await fetch(base)
    const chunks = parseJsonEventStream({
      stream: response.body as never,
      schema: uiMessageChunkSchema as never,
    }).pipeThrough(
      new TransformStream({
        transform(chunk: { success: boolean; value?: unknown; error?: unknown }, controller) {
          if (!chunk.success) throw chunk.error
          controller.enqueue(chunk.value)
        },
      }),
    )
    let last: UIMessage | undefined
    for await (const message of readUIMessageStream({ stream: chunks as never })) last = message as UIMessage
    expect(last?.parts.map((part) => part.type)).toEqual([
      'step-start',
      'reasoning',
      'tool-weather',
      'step-start',
      'text',
      'source-url',
      'tool-show',
    ])
    expect(last?.parts[2]).toMatchObject({
      state: 'output-available',
      input: { city: 'Oslo' },
      output: { city: 'Oslo', celsius: -3 },
    })
    expect(last?.parts[4]).toMatchObject({ text: 'It is cold.', state: 'done' })
    expect(last?.parts[6]).toMatchObject({ state: 'input-available' })
  })
})
