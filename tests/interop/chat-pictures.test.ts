import { generateText, type TextModel } from '@anymodel/core'
import { google } from '@anymodel/providers/google'
import { openai } from '@anymodel/providers/openai'
import { type Answer, type ModelServer, modelServer } from '@anymodel/testing'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { onlyLoopback } from './only-loopback.ts'

const apiKey = 'sk-0123456789abcdefghijklmn'
const prompt = 'Draw two circles.'

const answer: Answer = [
  { type: 'text', text: 'Here they are.' },
  { type: 'file', mediaType: 'image/png', data: drawn({ prompt: 'a red circle' }) },
  { type: 'file', mediaType: 'image/png', data: drawn({ prompt: 'a blue circle' }) },
]

interface Sides {
  /** The pictures that the official SDK reads, in base64. */
  readonly official: (url: string, delivery: 'stream' | 'whole') => Promise<readonly (string | null | undefined)[]>
  readonly model: (url: string) => TextModel
}

const sides: Readonly<Record<string, Sides>> = {
  'openai, Responses': {
    async official(url, delivery) {
      const { responses } = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
      const body = { model: 'gpt-5.4', input: prompt, tools: [{ type: 'image_generation' as const }] }
      const { output } =
        delivery === 'whole' ? await responses.create(body) : await responses.stream(body).finalResponse()
      return output.flatMap((item) => (item.type === 'image_generation_call' ? [item.result] : []))
    },
    model: (url) => openai({ apiKey, baseURL: `${url}/v1` }).text('gpt-5.4'),
  },
  google: {
    async official(url, delivery) {
      const { models } = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } })
      const request = { model: 'gemini-3-pro-image', contents: prompt }
      const chunks = []
      if (delivery === 'whole') chunks.push(await models.generateContent(request))
      else for await (const chunk of await models.generateContentStream(request)) chunks.push(chunk)
      const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
      return parts.flatMap(({ inlineData }) => (inlineData ? [inlineData.data] : []))
    },
    model: (url) => google({ apiKey, baseURL: `${url}/v1beta` }).text('gemini-3-pro-image'),
  },
}

describe('the official SDK and ours find the same pictures in an answer', () => {
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

  for (const [name, { official, model }] of Object.entries(sides))
    it.each(['stream', 'whole'] as const)(`${name}, %s`, async (delivery) => {
      server.reply({ answer, cut: { seed: 7 } })
      const theirs = await official(server.url, delivery)
      expect(theirs).toHaveLength(2)
      const { files } = await generateText({ model: model(server.url), prompt, delivery })
      expect(files.map(({ data }) => Buffer.from(data).toString('base64'))).toEqual(theirs)
      expect(server.requests.every(({ refused }) => refused === undefined)).toBe(true)
    })
})
