import { generateText, type Message, type TextModel } from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { google } from '@anymodel/providers/google'
import { mistral } from '@anymodel/providers/mistral'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { type Answer, type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const apiKey = 'sk-0123456789abcdefghijklmn'

const makers: Readonly<Record<string, (url: string) => TextModel>> = {
  'openai responses': (url) => openai({ apiKey, baseURL: `${url}/v1` }).text('gpt-5.4'),
  'openai chat': (url) => openai({ apiKey, baseURL: `${url}/v1` }).chat('gpt-5.4'),
  anthropic: (url) => anthropic({ apiKey, baseURL: `${url}/v1` }).text('claude-sonnet-5'),
  google: (url) => google({ apiKey, baseURL: `${url}/v1beta` }).text('gemini-3.5-flash'),
  mistral: (url) => mistral({ apiKey, baseURL: `${url}/v1` }).text('mistral-large-latest'),
  openrouter: (url) => openrouter({ apiKey, baseURL: `${url}/api/v1` }).text('anthropic/claude-sonnet-5'),
}

const signature = 'c2lnbmF0dXJlLW9mLXRoZS10aG91Z2h0'

/** Thinks, says something, and calls twice. */
const first: Answer = [
  { type: 'reasoning', text: 'Two cities.', opaque: { provider: 'served', data: signature } },
  { type: 'text', text: 'Let me look.' },
  { type: 'tool-call', id: 'call_a1b2c3d4e', name: 'weather', input: '{"city":"Oslo"}' },
  { type: 'tool-call', id: 'call_f5g6h7i8j', name: 'weather', input: '{"city":"Rome"}' },
]

const weather = { input: { type: 'object' }, execute: ({ city }: { city: string }) => `${city}: -3 degrees` }

describe('a conversation with reasoning and tools, begun on one service, goes on with any other', () => {
  let server: ModelServer
  beforeAll(async () => {
    server = await modelServer()
  })
  afterAll(() => server.close())

  const begin = async (from: string): Promise<readonly Message[]> => {
    const model = (makers[from] as (url: string) => TextModel)(server.url)
    server.reply(first, 'Cold and warm.')
    return (await generateText({ model, prompt: 'Oslo and Rome?', tools: { weather } })).messages
  }

  for (const from of Object.keys(makers)) {
    it.each(Object.keys(makers).filter((to) => to !== from))(`${from} to %s`, async (to) => {
      const messages = JSON.parse(JSON.stringify(await begin(from))) as Message[]
      server.reply('Warmer.')
      const model = (makers[to] as (url: string) => TextModel)(server.url)
      const { text } = await generateText({
        model,
        messages: [...messages, { role: 'user', content: 'And tomorrow?' }],
        tools: { weather },
      })
      expect(text).toBe('Warmer.')
      const sent = server.requests.at(-1)
      for (const words of ['Oslo: -3 degrees', 'Rome: -3 degrees', 'Let me look.', 'Cold and warm.', 'And tomorrow?'])
        expect(sent?.text).toContain(words)
      const sameService = model.provider === from.split(' ')[0]
      if (!sameService) for (const words of [signature, 'Two cities.']) expect(sent?.text).not.toContain(words)
    })
  }
})
