import { z } from 'zod'
import { isModel } from '../roles/kinds.ts'
import { hostedTypes } from './config.ts'
import { durationPattern } from './duration.ts'
import { sizePattern } from './size.ts'

// The grammar, as zod schemas. A schema's error is a noun, what was expected, or (of unknown keys) the keys there are: `explain.ts` makes sentences of them.

const text = (expected = 'a text') => z.string({ error: expected }).min(1, expected)
const number = z.number({ error: 'a number' })
const whole = (expected: string, least: number) => z.int({ error: expected }).min(least, expected)
const positive = whole('a whole number above 0', 1)
const flag = z.boolean({ error: 'true or false' })
const texts = z.record(z.string(), text(), { error: 'a map of texts' })
const oneOf = <const T extends readonly string[]>(names: T) => z.enum(names, { error: `one of ${names.join(', ')}` })

const map = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : 'a map'),
  })

const duration = z
  .string({ error: 'a duration such as 250ms, 3s or 2m' })
  .regex(durationPattern, 'a duration such as 250ms, 3s or 2m')

const size = z.string({ error: 'a size such as 512mb or 2gb' }).regex(sizePattern, 'a size such as 512mb or 2gb')

const modelName = z
  .string({ error: 'provider/model' })
  .regex(/^[^\s/]+\/\S+$|\$\{/, 'provider/model')
  .describe('provider/model')

const connection = {
  apiKey: text()
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the grammar's own notation
    .describe('The key, best as ${VARIABLE} or ${file:path}. Default: the environment variable of the service.')
    .optional(),
  headers: texts.describe('Headers of every request.').optional(),
  http2: flag.describe('Offer HTTP/2.').optional(),
}

const provider = z.union([
  map({
    type: z.enum(hostedTypes).optional(),
    baseURL: text().describe('Where the service is, when not at its usual place.').optional(),
    ...connection,
  }),
  map({
    type: z.literal('openai-compatible'),
    baseURL: text().describe('Where the server is, such as http://localhost:8080/v1.'),
    ...connection,
  }),
  map({
    type: z.literal('onnx').optional(),
    dir: text().describe('Folder of models, relative to this file.').optional(),
    threads: positive.describe('Threads that one model computes with.').optional(),
    maxMemory: size.describe('Memory that loaded models may take together.').optional(),
  }),
])

const defaults = map({
  maxTokens: positive.optional(),
  temperature: number.optional(),
  topP: number.optional(),
  topK: positive.optional(),
  minP: number.optional(),
  presencePenalty: number.optional(),
  frequencyPenalty: number.optional(),
  repetitionPenalty: number.optional(),
  logitBias: z.record(z.string(), number, { error: 'a map of numbers' }).optional(),
  seed: whole('a whole number', Number.MIN_SAFE_INTEGER).optional(),
  stop: z.array(text(), { error: 'a list of texts' }).optional(),
  logprobs: whole('a whole number from 0', 0).optional(),
  reasoning: map({
    effort: oneOf(['none', 'minimal', 'low', 'medium', 'high', 'max']).optional(),
    budget: whole('a whole number from 0', 0).optional(),
    summary: flag.optional(),
  }).optional(),
  parallelToolCalls: flag.optional(),
})

const timeouts = map({
  connect: duration.describe('Until the request is written to a connection.').optional(),
  headers: duration.describe("From there until the response's headers.").optional(),
  firstContent: duration.describe('From the start until the first content.').optional(),
  idle: duration.describe('Between two pieces of content.').optional(),
  total: duration.describe('From the start to the end, retries included.').optional(),
})

const retry = map({
  attempts: positive.describe('Upper bound on the requests that each model gets of one call.').optional(),
  maxWait: duration.describe('Longest wait before a retry.').optional(),
})

const reference = map({ role: text('the name of a role') })

const modelObject = z.custom(isModel, { error: 'a model' })

const grammar = <Short extends z.ZodType, Target extends z.ZodType>(short: Short, target: Target) => {
  const targets = z.array(target, { error: 'a list' }).min(1, 'a list of at least one')
  const targetsOrError = z.union([targets, z.literal('error', { error: 'error or a list' })])
  const settings = map({
    use: z.union([target, targets]).describe('In order of preference: the next one is the fallback.'),
    defaults: defaults.describe('Tuning options that a call may override.').optional(),
    timeouts: timeouts.describe('Clocks.').optional(),
    retry: retry.optional(),
    onBreak: oneOf(['error', 'restart', 'continue'])
      .describe('What to do about an answer that breaks off after some of it was delivered.')
      .optional(),
    onContextOverflow: targetsOrError.describe('Who answers when the input is longer than the window.').optional(),
    onContentFilter: targetsOrError.describe('Who answers when a filter refuses the request.').optional(),
  })
  return map({
    $schema: text().describe('Where this schema is, for editors.').optional(),
    version: z.literal(1, { error: '1' }).describe('Version of the grammar.').optional(),
    providers: z
      .record(z.string(), provider, { error: 'a map of providers' })
      .describe("Who runs models. A provider's name is its type unless `type` says otherwise.")
      .optional(),
    models: z
      .record(z.string(), z.union([short, settings]), { error: 'a map of roles' })
      .describe('Who plays each role.')
      .optional(),
    state: z.literal('memory', { error: 'memory (others are not available yet in this version)' }).optional(),
  })
}

/** The grammar of files without code: YAML and JSON. */
export const dataGrammar = grammar(modelName, z.union([modelName, reference]))

/** The grammar of files with code, and of a config that is passed in: models made by hand may stand for names. */
export const codeGrammar = grammar(z.union([modelName, modelObject]), z.union([modelName, reference, modelObject]))
