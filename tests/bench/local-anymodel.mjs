// Our side of `pnpm bench local`: the public verbs.
import { embedMany, streamText, transcribe } from '@anymodel/core'
import { onnx } from '@anymodel/onnx'

export function open({ threads }) {
  const local = onnx({ threads })
  const models = new Map()
  const model = (kind, { folder, dtype }) => {
    const name = `dir:${folder}:${dtype}`
    if (!models.has(name)) models.set(name, local[kind](name))
    return models.get(name)
  }
  return {
    async text({ chats, maxTokens, ...args }) {
      const start = performance.now()
      const answers = await Promise.all(chats.map((chat) => answer(model('text', args), chat, maxTokens, start)))
      return {
        texts: answers.map(({ text }) => text),
        tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0),
        firstMs: Math.min(...answers.map(({ firstMs }) => firstMs)),
      }
    },
    embed: async ({ values, ...args }) => (await embedMany({ model: model('embedding', args), values })).embeddings,
    async transcribe({ audio, ...args }) {
      const { text } = await transcribe({ model: model('transcription', args), audio })
      return { text }
    },
  }
}

/** A chat is a list of messages, or a text to go on with. */
async function answer(model, chat, maxTokens, start) {
  const asked = typeof chat === 'string' ? { prompt: chat } : { messages: chat }
  const stream = streamText({ model, ...asked, maxTokens, temperature: 0 })
  let firstMs
  for await (const _ of stream.textStream) firstMs ??= performance.now() - start
  const { text, usage } = await stream.result
  return { text, tokens: usage.output, firstMs }
}
