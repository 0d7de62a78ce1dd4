// A model is one function: an async generator of parts is enough, and every helper works on it.
import { type Part, smooth, streamText, type TextModel, withRetry, withTimeout } from '@anymodel/core'

const echo: TextModel = {
  provider: 'example',
  id: 'echo',
  supports: {},
  async *stream({ messages }): AsyncGenerator<Part> {
    const last = messages.at(-1)?.content
    yield { type: 'text', text: `You said: ${typeof last === 'string' ? last : '...'}` }
    yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'example', model: 'echo' } }
  },
}

const model = smooth(withRetry(withTimeout(echo, { total: 5_000 })), { delay: 5 })
for await (const word of streamText({ model, prompt: 'hello, is anybody there?' }).textStream)
  process.stdout.write(word)
console.log()
