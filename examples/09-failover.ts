// The first model is down, the next one answers. `ANYMODEL_CHAT` has no say here: the config is part of the program.
import { anymodel } from 'anymodel'

const ai = await anymodel({
  config: {
    providers: {
      down: { type: 'openai-compatible', baseURL: 'http://127.0.0.1:9/v1' }, // nobody listens there
      local: { type: 'onnx' },
    },
    models: {
      chat: { use: ['down/some-model', 'local/smollm2-135m-instruct'], retry: { attempts: 1 }, onBreak: 'continue' },
    },
  },
})

const stream = ai.streamText({ model: 'chat', prompt: 'Name a fruit.', maxTokens: 20 })
for await (const text of stream.textStream) process.stdout.write(text)

const { attempts } = await stream.result
console.log()
for (const { provider, model, outcome } of attempts) console.log(`${provider}/${model}: ${outcome}`)
await ai.close()
