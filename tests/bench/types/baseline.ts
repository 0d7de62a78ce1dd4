// The schemas alone: what zod costs by itself.
import * as core from '@anymodel/core'
import { z } from 'zod'

export const { streamText } = core
export const city = z.object({ city: z.string(), unit: z.enum(['celsius', 'fahrenheit']).optional() })
export const person = z.object({
  name: z.string(),
  age: z.number().int(),
  addresses: z.array(z.object({ street: z.string(), zip: z.string() })),
})
