import Anthropic from '@anthropic-ai/sdk'
import { generateText, type TextModel } from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { google } from '@anymodel/providers/google'
import { openai } from '@anymodel/providers/openai'
import { type Answer, type ModelServer, modelServer } from '@anymodel/testing'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onlyLoopback } from './only-loopback.ts'

/** What both sides must have understood of an answer. */
interface Understood {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  readonly input: number | undefined
  readonly output: number | undefined
}

/** An answer read with an official SDK. */
type Official = (url: string, delivery: 'stream' | 'whole') => Promise<Understood>

const apiKey = 'sk-0123456789abcdefghijklmn'

const parameters = { type: 'object', properties: { city: { type: 'string' } } } as const

const answers: Readonly<Record<string, Answer>> = {
  'a text': [
    { type: 'text', text: 'Grüße ' },
    { type: 'text', text: 'aus 北京 🌦️.' },
    { type: 'finish', usage: { input: 12, output: 7, total: 19 } },
  ],
  'two calls beside a text': [
    { type: 'text', text: 'One moment.' },
    { type: 'tool-call', id: 'call_1', name: 'weather', input: '{"city":' },
    { type: 'tool-call', id: 'call_1', name: 'weather', input: '"Zürich 🏔️"}' },
    { type: 'tool-call', id: 'call_2', name: 'weather', input: '{"city":"Oslo"}' },
    { type: 'finish', usage: { input: 120, output: 34, total: 154 } },
  ],
  'a thought before the text': [
    { type: 'reasoning', text: 'Hm, ' },
    { type: 'reasoning', text: 'well.', opaque: { provider: 'served', data: 'c2lnbmVk' } },
    { type: 'text', text: 'Yes.' },
    { type: 'finish', usage: { input: 100, output: 60, total: 160, cacheRead: 40, reasoning: 50 } },
  ],
  'an answer that was cut at the limit': [
    { type: 'text', text: 'Once upon a' },
    { type: 'finish', reason: 'length', usage: { input: 3, output: 4, total: 7 } },
  ],
}

const chat: Official = async (url, delivery) => {
  const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
  const body = {
    model: 'm',
    messages: [{ role: 'user' as const, content: 'Hi' }],
    tools: [{ type: 'function' as const, function: { name: 'weather', parameters } }],
  }
  const { choices, usage } =
    delivery === 'whole'
      ? await client.chat.completions.create(body)
      : await client.chat.completions.stream({ ...body, stream_options: { include_usage: true } }).finalChatCompletion()
  const message = choices[0]?.message
  return {
    text: message?.content ?? '',
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) }] : [],
    ),
    input: usage?.prompt_tokens,
    output: usage?.completion_tokens,
  }
}

const responses: Official = async (url, delivery) => {
  const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
  const body = {
    model: 'm',
    input: 'Hi',
    tools: [{ type: 'function' as const, name: 'weather', parameters, strict: false }],
  }
  const answer =
    delivery === 'whole' ? await client.responses.create(body) : await client.responses.stream(body).finalResponse()
  return {
    text: answer.output_text,
    calls: answer.output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) }] : [],
    ),
    input: answer.usage?.input_tokens,
    output: answer.usage?.output_tokens,
  }
}

const messages: Official = async (url, delivery) => {
  const client = new Anthropic({ apiKey, baseURL: url, maxRetries: 0 })
  const body = {
    model: 'm',
    max_tokens: 1_000,
    messages: [{ role: 'user' as const, content: 'Hi' }],
    tools: [{ name: 'weather', input_schema: parameters }],
  }
  const { content, usage } =
    delivery === 'whole' ? await client.messages.create(body) : await client.messages.stream(body).finalMessage()
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [])),
    // Anthropic counts cached input apart.
    input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const gemini: Official = async (url, delivery) => {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } })
  const request = {
    model: 'm',
    contents: 'Hi',
    config: { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: parameters }] }] },
  }
  const chunks =
    delivery === 'whole'
      ? [await client.models.generateContent(request)]
      : await all(await client.models.generateContentStream(request))
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  const usage = chunks.at(-1)?.usageMetadata
  return {
    text: parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join(''),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [{ name: functionCall.name ?? '', input: functionCall.args }] : [],
    ),
    input: usage?.promptTokenCount,
    // Google counts thoughts apart.
    output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
  }
}

async function ours(model: TextModel, delivery: 'stream' | 'whole'): Promise<Understood> {
  const { text, toolCalls, usage } = await generateText({
    model,
    prompt: 'Hi',
    delivery,
    tools: { weather: { input: parameters } },
  })
  return {
    text,
    calls: toolCalls.map(({ name, input }) => ({ name, input })),
    input: usage.input,
    output: usage.output,
  }
}

const pairs: readonly (readonly [string, Official, (url: string) => TextModel])[] = [
  ['openai, Chat Completions', chat, (url) => openai({ apiKey, baseURL: `${url}/v1` }).chat('gpt-4.1')],
  ['openai, Responses', responses, (url) => openai({ apiKey, baseURL: `${url}/v1` }).text('gpt-5.4')],
  ['anthropic', messages, (url) => anthropic({ apiKey, baseURL: `${url}/v1` }).text('claude-sonnet-5')],
  ['google', gemini, (url) => google({ apiKey, baseURL: `${url}/v1beta` }).text('gemini-3.5-flash')],
]

describe('the official SDK and ours understand the same answer in the same way', () => {
  let server: ModelServer
  let undo: () => void
  beforeAll(async () => {
    undo = onlyLoopback()
    server = await modelServer()
  })
  afterAll(async () => {
    await server.close()
    undo()
  })

  for (const [name, official, make] of pairs) {
    for (const [what, answer] of Object.entries(answers)) {
      it.each(['stream', 'whole'] as const)(`${name}: ${what}, %s`, async (delivery) => {
        server.reply({ answer, cut: { seed: 7 } })
        const theirs = await official(server.url, delivery)
        expect(await ours(make(server.url), delivery)).toEqual(theirs)
        expect(theirs.text).not.toBe('')
        expect(server.requests.every(({ refused }) => refused === undefined)).toBe(true)
      })
    }
  }
})

it('nothing but this machine can be contacted while these tests run', async () => {
  const undo = onlyLoopback()
  const error = await fetch('http://192.0.2.1/v1').catch((thrown: unknown) => thrown)
  undo()
  expect(String((error as { cause?: unknown }).cause)).toContain('wanted to contact 192.0.2.1')
})
