// Ours, as an application uses it: `streamText(...).textStream`, from the built packages.
import * as core from '@anymodel/core'
import { items } from './items.mjs'

const prompt = 'Tell me a long story.'
const options = (baseURL) => ({ apiKey: 'test', baseURL })

/** Which provider speaks which wire format. */
const models = {
  chat: async (url) => (await import('@anymodel/providers/groq')).groq(options(`${url}/v1`)).text('bench'),
  responses: async (url) => (await import('@anymodel/providers/openai')).openai(options(`${url}/v1`)).text('bench'),
  messages: async (url) =>
    (await import('@anymodel/providers/anthropic')).anthropic(options(`${url}/v1`)).text('bench'),
  gemini: async (url) => (await import('@anymodel/providers/google')).google(options(`${url}/v1beta`)).text('bench'),
}

export async function open({ url, wire }) {
  const model = await models[wire](url)
  return {
    async stream(onText) {
      for await (const text of core.streamText({ model, prompt }).textStream) onText(text)
    },
    generate: async () => (await core.generateText({ model, prompt })).text,
    async object(onPartial) {
      const stream = core.streamObject({ model, prompt, schema: items })
      for await (const partial of stream.partialStream) onPartial(partial)
      return (await stream.result).object
    },
  }
}
