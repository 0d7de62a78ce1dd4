import { z } from 'zod'
import { duration, flag, map, number, oneOf, positive, text } from './grammar.ts'
import { limits, price } from './limits-grammar.ts'
import { moneyPattern } from './money.ts'
import { sharePattern } from './share.ts'

// Who of several models is asked, and when: the part of the grammar for routing.

const share = z.string({ error: 'a share such as 5%' }).regex(sharePattern, 'a share such as 5%')
const money = z.string({ error: 'an amount such as 0.01 usd' }).regex(moneyPattern, 'an amount such as 0.01 usd')
const modality = oneOf(['text', 'image', 'audio', 'video', 'file'])
const oneOrSeveral = <T extends z.ZodType>(one: T, several: string) => z.union([one, z.array(one, { error: several })])

const seconds = number.gt(0, 'a number above 0')

export const when = map({
  maxInputTokens: positive.describe('Tokens that go in, estimated as a quarter of the characters.').optional(),
  minInputTokens: positive.optional(),
  maxTexts: positive.describe('Texts to embed, documents to rank.').optional(),
  minTexts: positive.optional(),
  maxCharacters: positive.describe('Of what is embedded, ranked, drawn, filmed, spoken or completed.').optional(),
  minCharacters: positive.optional(),
  maxCount: positive.describe('Pictures or videos of one request.').optional(),
  minCount: positive.optional(),
  maxSeconds: seconds.describe('Of a video, or of sound that is written down.').optional(),
  minSeconds: seconds.optional(),
  maxPixels: positive.describe('Width times height of a picture or video.').optional(),
  minPixels: positive.optional(),
  modality: oneOrSeveral(modality, 'a list').describe('The call brings nothing but these; text: no files.').optional(),
  tags: z
    .record(z.string(), oneOrSeveral(text(), 'a list of texts'), { error: 'a map of texts' })
    .describe('Tags of the call, each with its value or one of several.')
    .optional(),
})

export const breaker = map({
  failures: positive.describe('So many failures in a row open it.').optional(),
  cooldown: duration.describe('How long it stays open at first.').optional(),
  maxCooldown: duration.describe('How long it stays open at most.').optional(),
  shared: flag.describe('One breaker for all processes, in the state of the config.').optional(),
})

export const hold = map({
  chars: positive.describe('So many characters of text.').optional(),
  time: duration.describe('For so long after the first content.').optional(),
})

const reference = z.string({ error: 'the name of a role' }).min(1, 'the name of a role')
const weighed = {
  weight: number.min(0, 'a number from 0').describe('How often it is chosen, in proportion to the others.').optional(),
  price: price.optional(),
}

/** What may stand in `use` besides a name: a role, a model with conditions, several that share the calls. */
export const richTarget = <M extends z.ZodType>(model: M) => {
  const conditional = { when: when.optional() }
  const entry = z.union([
    model,
    map({ model, ...conditional, ...weighed, ...limits }),
    map({ role: reference, ...conditional, ...weighed }),
  ])
  const balance = map({
    balance: oneOf(['weighted', 'least-busy', 'latency', 'cost', 'adaptive']).describe('Who is asked first.'),
    of: z.array(entry, { error: 'a list' }).min(1, 'a list of at least one'),
    buffer: share.optional(),
    deadline: duration.optional(),
    badOutcomeCost: money.optional(),
    shared: flag.describe('Share what it learns with other processes, in the state of the config.').optional(),
    sticky: z.union([flag, map({ tag: text().optional(), ttl: duration.optional() })]).optional(),
  })
  return z.union([
    model,
    map({ role: reference, ...conditional }),
    map({ model, ...conditional, ...limits, price: price.optional() }),
    balance,
  ])
}

export const hedge = <M extends z.ZodType>(model: M) =>
  map({
    to: z.union([model, map({ role: reference })]).describe('Who is asked besides.'),
    after: z.union([z.literal('p95', { error: 'p95 or a duration' }), duration]).optional(),
    maxExtra: share.describe('Extra requests, as a share of all.').optional(),
  })
