// A typed object out of any model: enforced where the service can, checked always. Small models need luck: try ANYMODEL_CHAT=openai/gpt-6-luna.
import { anymodel } from 'anymodel'
import { z } from 'zod'

const Person = z.object({ name: z.string(), age: z.number().int() })

const ai = await anymodel()
const { object } = await ai.generateObject({ model: 'chat', schema: Person, prompt: 'Ann is 42 years old.' })

console.log(`${object.name} is ${object.age}`)
await ai.close()
