import { z } from 'zod'
import { isModel } from '../roles/kinds.ts'
import { hostedTypes } from './config.ts'
import { duration, flag, map, number, oneOf, positive, text, texts, whole } from './grammar.ts'
import { budget, cache, price, state } from './limits-grammar.ts'
import { breaker, hedge, hold, richTarget, when } from './routing-grammar.ts'
import { sizePattern } from './size.ts'

// The grammar, as zod schemas.

const size = z.string({ error: 'a size such as 512mb or 2gb' }).regex(sizePattern, 'a size such as 512mb or 2gb')

const modelName = z
  .string({ error: 'provider/model' })
  .regex(/^[^\s/]+\/\S+$|\$\{/, 'provider/model')
  .describe('provider/model')

const connection = {
  apiKey: z
    .union([text(), z.array(text(), { error: 'a list of texts' }).min(1, 'a list of at least one')])
    .describe(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the grammar's own notation
      'The key, best as ${VARIABLE} or ${file:path}, or several that take turns. Default: the environment variable of the service.',
    )
    .optional(),
  headers: texts.describe('Headers of every request.').optional(),
  http2: flag.describe('Offer HTTP/2.').optional(),
  jobs: map({
    first: duration.describe('Wait before the first look.').optional(),
    most: duration.describe('Longest wait between two looks.').optional(),
    total: duration.describe('A job that is not done by then is a timeout.').optional(),
  })
    .describe('How jobs for pictures, sound and videos are looked at.')
    .optional(),
  downloads: map({
    maxBytes: size.describe('Largest file.').optional(),
    allowPrivate: flag.describe('Also from private addresses.').optional(),
  })
    .describe('How files are fetched that the service made.')
    .optional(),
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
    type: z.literal('azure').optional(),
    baseURL: text().describe('Where the service is, up to and with /openai/v1.').optional(),
    resource: text().describe("The resource's name.").optional(),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the grammar's own notation
    token: text().describe('A token of Microsoft Entra ID in place of a key, best as ${file:path}.').optional(),
    apiVersion: text().describe('A date, such as 2024-10-21, for the older paths.').optional(),
    models: texts.describe('The models behind deployments whose names do not say it.').optional(),
    ...connection,
  }),
  map({
    type: z.literal('comfyui').optional(),
    baseURL: text().describe('Where ComfyUI is, when not at http://127.0.0.1:8188.').optional(),
    workflows: texts
      .describe('Files of workflows, exported for the API, by the names that stand for models; relative to this file.')
      .optional(),
    ...connection,
  }),
  map({
    type: z.literal('midjourney').optional(),
    baseURL: text().describe('Where the proxy is.'),
    acceptTerms: z
      .literal(true, { error: "true, once you have read Midjourney's terms: they forbid automation" })
      .describe("That you have read Midjourney's terms, which forbid automation."),
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

const modelObject = z.custom(isModel, { error: 'a model' })

const grammar = <Model extends z.ZodType>(model: Model) => {
  const target = richTarget(model)
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
    when: when
      .describe('Calls that the role takes: where another role names this one, it is passed over for others.')
      .optional(),
    breaker: breaker.describe('Stops asking a model that keeps failing.').optional(),
    hedge: hedge(model).describe('Asks another model as well when the first is slow to begin.').optional(),
    hold: hold
      .describe('Keeps the beginning of an answer back, so that one that breaks off early is replaced unseen.')
      .optional(),
    cooldown: duration.describe('How long a model that failed is asked after the others.').optional(),
    budget: text('the name of a budget').describe('The budget that its models spend from.').optional(),
    cache: cache(model).describe('Answers from memory what was answered before.').optional(),
  })
  return map({
    $schema: text().describe('Where this schema is, for editors.').optional(),
    version: z.literal(1, { error: '1' }).describe('Version of the grammar.').optional(),
    providers: z
      .record(z.string(), provider, { error: 'a map of providers' })
      .describe("Who runs models. A provider's name is its type unless `type` says otherwise.")
      .optional(),
    models: z
      .record(z.string(), z.union([model, settings]), { error: 'a map of roles' })
      .describe('Who plays each role.')
      .optional(),
    budgets: z
      .record(z.string(), budget, { error: 'a map of budgets' })
      .describe('What may be spent, by the names that roles give.')
      .optional(),
    prices: z
      .record(z.string(), price, { error: 'a map of prices' })
      .describe('US dollars, by provider/model: what budgets count with.')
      .optional(),
    state: state.describe('Where limits, budgets and caches keep what they know.').optional(),
  })
}

/** The grammar of files without code: YAML and JSON. */
export const dataGrammar = grammar(modelName)

/** The grammar of files with code, and of a config that is passed in: models made by hand may stand for names. */
export const codeGrammar = grammar(z.union([modelName, modelObject]))
