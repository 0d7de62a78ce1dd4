// An application with five tools and two schemas, its results used with their types.
import * as core from '@anymodel/core'
import { z } from 'zod'

export const { streamText } = core
export const city = z.object({ city: z.string(), unit: z.enum(['celsius', 'fahrenheit']).optional() })
export const person = z.object({
  name: z.string(),
  age: z.number().int(),
  addresses: z.array(z.object({ street: z.string(), zip: z.string() })),
})

declare const model: core.TextModel

const tools = {
  weather: core.tool({
    description: 'Weather',
    input: city,
    execute: ({ city, unit = 'celsius' }) => ({ city, unit, degrees: 21 }),
  }),
  register: core.tool({ description: 'Register', input: person, execute: ({ name, age }) => `${name} ${age}` }),
  search: core.tool({
    description: 'Search',
    input: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    execute: async ({ query }) => [`about ${query}`],
  }),
  send: core.tool({ description: 'Send', input: city, needsApproval: true, execute: ({ city }) => city.length }),
  ask: core.tool({ description: 'Ask the person', input: person }),
}

export async function main(): Promise<number> {
  const { toolCalls, toolResults } = await core.generateText({ model, tools, prompt: 'Weather?' })
  for (const call of toolCalls) if (call.name === 'weather') console.log(call.input.city)
  for (const result of toolResults) if (result.name === 'weather') console.log(result.output)
  const stream = core.streamText({ model, tools, prompt: 'Weather?' })
  for await (const text of stream.textStream) console.log(text)
  const { object } = await core.generateObject({ model, schema: person, prompt: 'Who?' })
  return object.age + object.addresses.length
}
