import { z } from 'zod'
import { duration, flag, map, number, oneOf, positive, text } from './grammar.ts'
import { amountPattern } from './money.ts'

// How much is asked, spent and kept: the part of the grammar for limits, budgets and caches.

const amount = z.string({ error: 'an amount such as 20 usd or 2000000 tokens' })
const cost = number.min(0, 'a number from 0')

export const limits = {
  rpm: positive.describe('Requests per minute.').optional(),
  tpm: positive.describe('Tokens per minute, input and output.').optional(),
  rpd: positive.describe('Requests within any 24 hours.').optional(),
  tpd: positive.describe('Tokens within any 24 hours.').optional(),
  rpmo: positive.describe('Requests within a calendar month, by UTC.').optional(),
  concurrency: positive.describe('Requests at once.').optional(),
}

/** US dollars. */
export const price = map({
  input: cost.describe('A million tokens.').optional(),
  output: cost.optional(),
  cacheRead: cost.describe("Of input that is read from the service's prompt cache.").optional(),
  cacheWrite: cost.describe('Of input that is written to it.').optional(),
  picture: cost.describe('One picture.').optional(),
  second: cost.describe('One second of sound or video.').optional(),
  characters: cost.describe('A million characters that are spoken.').optional(),
  request: cost.describe('One request, whatever it holds.').optional(),
}).describe('US dollars.')

const role = map({ role: text('the name of a role') })

export const budget = map({
  limit: amount.regex(amountPattern, 'an amount such as 20 usd or 2000000 tokens'),
  per: z
    .union([z.literal('1mo', { error: 'a duration such as 1d, or 1mo' }), duration])
    .describe('Length of the window: in no stretch of this length more is spent. 1mo: the calendar month, by UTC.'),
  by: text().describe('Name of a tag: each of its values has this budget for itself.').optional(),
  onExceed: z.union([z.literal('error', { error: 'error or a role' }), role]).optional(),
})

export const cache = <M extends z.ZodType>(model: M) =>
  map({
    mode: oneOf(['exact', 'semantic']).optional(),
    ttl: duration.describe('How long answers are kept.').optional(),
    namespace: text().describe('Only caches with the same namespace share answers.').optional(),
    anyTemperature: flag.describe('Keep answers at temperatures above 0, too.').optional(),
    embedding: z.union([model, role]).describe('What compares questions, for semantic.').optional(),
    threshold: number.min(-1, 'a number from -1 to 1').max(1, 'a number from -1 to 1').optional(),
  })

const onError = oneOf(['allow', 'refuse']).describe('What happens to calls while it can not be reached.').optional()

export const state = z.union([
  z.literal('memory', { error: 'memory, { sqlite: path } or { redis: url }' }),
  map({ sqlite: text('a path').describe('Path of a file, relative to this one.'), onError }),
  map({ redis: text('a URL').describe('URL of a server.'), onError }),
])
