// The model calls a function of yours. Needs a model that is good at tools: ANYMODEL_CHAT=openai/gpt-6-luna, for example.
import { tool } from '@anymodel/core'
import { anymodel } from 'anymodel'
import { z } from 'zod'

const weather = tool({
  description: 'The weather in a city',
  input: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, celsius: 21, sky: 'clear' }),
})

const ai = await anymodel()
const { text, steps } = await ai.generateText({
  model: 'chat',
  prompt: 'How is the weather in Oslo?',
  tools: { weather },
})

for (const { toolCalls } of steps) for (const call of toolCalls) console.log(`called ${call.name}`, call.input)
console.log(text)
await ai.close()
