// The schema of the document that the upstream writes.
import { z } from 'zod'

const item = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  price: z.number(),
  sold: z.boolean(),
})

export const items = z.object({ items: z.array(item) })
