import { createOpenAI } from '@ai-sdk/openai'
import { generateText, Output, streamText } from 'ai'
import { items } from './items.mjs'

const prompt = 'Tell me a long story.'

export function open({ url }) {
  const model = createOpenAI({ apiKey: 'test', baseURL: `${url}/v1` }).chat('bench')
  return {
    async stream(onText) {
      for await (const text of streamText({ model, prompt }).textStream) onText(text)
    },
    generate: async () => (await generateText({ model, prompt })).text,
    async object(onPartial) {
      let last
      const { partialOutputStream } = streamText({ model, prompt, output: Output.object({ schema: items }) })
      for await (const partial of partialOutputStream) {
        onPartial(partial)
        last = partial
      }
      return last
    },
  }
}
