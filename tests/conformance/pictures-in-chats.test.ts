import { type GeneratedFile, generateText, type Message, streamText, type TextModel } from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { azure } from '@anymodel/providers/azure'
import { google } from '@anymodel/providers/google'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { xai } from '@anymodel/providers/xai'
import { type Answer, type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawn } from './drawn.ts'

const apiKey = 'sk-0123456789abcdefghijklmn'

type Maker = (url: string) => TextModel

/** Services whose chat models draw. */
const drawers: Readonly<Record<string, Maker>> = {
  'openai, Responses': (url) => openai({ apiKey, baseURL: `${url}/v1` }).text('gpt-5.4'),
  'azure, Responses': (url) => azure({ apiKey, endpoint: url }).text('gpt-5.4'),
  google: (url) => google({ apiKey, baseURL: `${url}/v1beta` }).text('gemini-3-pro-image'),
  openrouter: (url) => openrouter({ apiKey, baseURL: `${url}/api/v1` }).text('google/gemini-3-pro-image-preview'),
}

/** Services that may go on with such a chat. */
const readers: Readonly<Record<string, Maker>> = {
  ...drawers,
  'openai, Chat Completions': (url) => openai({ apiKey, baseURL: `${url}/v1` }).chat('gpt-4.1'),
  anthropic: (url) => anthropic({ apiKey, baseURL: `${url}/v1` }).text('claude-sonnet-5'),
  xai: (url) => xai({ apiKey, baseURL: `${url}/v1` }).text('grok-4.3'),
}

const png = drawn({ prompt: 'a red circle' })
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')

const answerWith = (data: Uint8Array): Answer => [
  { type: 'text', text: 'Here it is.' },
  { type: 'file', mediaType: 'image/png', data },
]

const bytesOf = (files: readonly GeneratedFile[]) => files.map(({ data }) => Buffer.from(data))

describe('pictures in chats', () => {
  let server: ModelServer
  beforeAll(async () => {
    server = await modelServer()
  })
  afterAll(() => server.close())

  for (const [from, make] of Object.entries(drawers)) {
    it.each(['stream', 'whole'] as const)(`${from}: a picture is a file beside the text, %s`, async (delivery) => {
      server.reply({ answer: answerWith(png), cut: { seed: 7 } })
      const { text, files, content } = await generateText({ model: make(server.url), prompt: 'Draw.', delivery })
      expect(text).toBe('Here it is.')
      expect(bytesOf(files)).toEqual([png])
      expect(content.map(({ type }) => type)).toEqual(expect.arrayContaining(['text', 'file']))
    })

    it(`${from}: its bytes say what it is`, async () => {
      server.reply(answerWith(jpeg))
      const { files } = await generateText({ model: make(server.url), prompt: 'Draw.' })
      expect(files.map(({ mediaType }) => mediaType)).toEqual(['image/jpeg'])
    })

    it(`${from}: a picture of eight million bytes comes in one event`, async () => {
      const large = Buffer.concat([png, Buffer.alloc(8_000_000, 7)])
      server.reply(answerWith(large))
      const stream = streamText({ model: make(server.url), prompt: 'Draw.' })
      const files: GeneratedFile[] = []
      for await (const part of stream) if (part.type === 'file') files.push(part)
      expect(bytesOf(files)[0]?.equals(large)).toBe(true)
    })

    it.each(Object.keys(readers))(`${from}: the next turn shows it to %s`, async (to) => {
      server.reply(answerWith(png))
      const { messages } = await generateText({ model: make(server.url), prompt: 'Draw a circle.' })
      const kept = JSON.parse(JSON.stringify(messages)) as Message[]
      server.reply('Blue now.')
      const model = (readers[to] as Maker)(server.url)
      const asked: Message[] = [...kept, { role: 'user', content: 'And now in blue.' }]
      const { text, warnings } = await generateText({ model, messages: asked })
      expect([text, warnings]).toEqual(['Blue now.', []])
      const sent = server.requests.at(-1)
      expect(sent?.refused).toBeUndefined()
      for (const words of ['Draw a circle.', png.toString('base64'), 'Here it is.', 'And now in blue.'])
        expect(sent?.text).toContain(words)
    })
  }
})
