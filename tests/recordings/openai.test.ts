import { isDeepStrictEqual } from 'node:util'
import { type EmbeddingModel, isAnyModelError, type TextModel } from '@anymodel/core'
import { azure } from '@anymodel/providers/azure'
import { deepseek } from '@anymodel/providers/deepseek'
import { groq } from '@anymodel/providers/groq'
import { mistral } from '@anymodel/providers/mistral'
import { openai } from '@anymodel/providers/openai'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { openrouter } from '@anymodel/providers/openrouter'
import { together } from '@anymodel/providers/together'
import { describe, expect, test } from 'vitest'
import { chatExpectation, type Expected, responsesExpectation } from './openai-oracle.ts'
import {
  type Cut,
  fetchOf,
  type Interaction,
  interactions,
  jsonOf,
  merged,
  missing,
  type Replayed,
  type ReplayOptions,
  replay,
  textOf,
  toolCallsOf,
} from './read.ts'

interface Speaker {
  readonly chat: (options: ReplayOptions) => TextModel
  readonly responses?: (options: ReplayOptions) => TextModel
  readonly embedding?: (options: ReplayOptions) => EmbeddingModel
}

const like = (name: string): Speaker => ({
  chat: (options) => openaiCompatible({ ...options, name }).text('m'),
  responses: (options) => openai(options).text('m'),
  embedding: (options) => openaiCompatible({ ...options, name }).embedding('m'),
})

const speakers: Readonly<Record<string, Speaker>> = {
  openai: {
    chat: (options) => openai(options).chat('m'),
    responses: (options) => openai(options).text('m'),
    embedding: (options) => openai(options).embedding('m'),
  },
  azure: {
    chat: (options) => azure(options).chat('m'),
    responses: (options) => azure(options).text('m'),
    embedding: (options) => azure(options).embedding('m'),
  },
  'bedrock-mantle': like('bedrock-mantle'),
  cerebras: like('cerebras'),
  deepseek: { ...like('deepseek'), chat: (options) => deepseek(options).text('m') },
  gemini: like('gemini'),
  groq: { chat: (options) => groq(options).text('m') },
  huggingface: like('huggingface'),
  'local-openai-compatible': like('local'),
  mistral: { chat: (options) => mistral(options).text('m'), embedding: (options) => mistral(options).embedding('m') },
  ollama: like('ollama'),
  openrouter: {
    ...like('openrouter'),
    chat: (options) => openrouter(options).text('m'),
    embedding: (options) => openrouter(options).embedding('m'),
  },
  portkey: like('portkey'),
  together: { chat: (options) => together(options).text('m') },
  writer: like('writer'),
  xai: like('xai'),
  zai: like('zai'),
}

/** Interactions that can't pass, and why. One that would pass fails the test. */
const cannot: Readonly<Record<string, string>> = Object.fromEntries(
  ['test_agent', 'test_instrumentor', 'test_llm_with_tools'].map((name) => [
    `Arize-ai+openinference/python/instrumentation/openinference-instrumentation-beeai/tests/openinference/instrumentation/beeai/cassettes/test_instrumentor/${name}.yaml#1`,
    'the recorder kept an empty body',
  ]),
)

const surfaces = [
  { name: 'chat', at: /\/(?:chat\/completions|v1\/chat)$/, expectation: chatExpectation },
  { name: 'responses', at: /\/responses$/, expectation: responsesExpectation },
] as const

const reasons: Readonly<Record<string, string>> = {
  stop: 'stop',
  eos: 'stop',
  completed: 'stop',
  complete: 'stop',
  length: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  // Answers that are made in the background: there is nothing yet.
  queued: 'other',
}

/** Cuts of a body: the costly ones for a sample of the long bodies, so that the whole run stays short. */
function cutsFor({ response }: Interaction, seed: number): readonly Cut[] {
  const size = response.body.length
  if (size < 20_000 || seed % 8 === 0) return [1, 7, { seed }]
  return size < 200_000 || seed % 8 === 1 ? [7, { seed }] : [{ seed }]
}

/** What is wrong with what the model made of a recording; `undefined` when nothing is. */
function wrong({ parts, error }: Replayed, interaction: Interaction, expected: Expected): string | undefined {
  if (interaction.status >= 300 || expected.error) {
    if (!isAnyModelError(error)) return `no typed error, but ${String(error)}`
    if (interaction.status >= 300 && error.status !== interaction.status) return `the error has status ${error.status}`
    return undefined
  }
  if (error !== undefined) return String(error)
  const finish = parts.at(-1)
  if (finish?.type !== 'finish' || parts.filter(({ type }) => type === 'finish').length > 1)
    return 'not one finish at the end'
  if (textOf(parts) !== expected.text)
    return `the text is ${JSON.stringify(textOf(parts).slice(0, 200))} and not ${JSON.stringify(expected.text.slice(0, 200))}`
  const calls = toolCallsOf(parts).filter((call) => !call.byProvider)
  if (calls.length !== expected.tools.length) return `${calls.length} tool calls and not ${expected.tools.length}`
  for (const { input, name } of calls)
    if (input !== '' && !parses(input)) return `the input of ${name} is not JSON: ${input}`
  const { input, output } = expected.usage ?? {}
  if (
    (finish.usage.input ?? undefined) !== (input ?? undefined) ||
    (finish.usage.output ?? undefined) !== (output ?? undefined)
  )
    return `usage is ${finish.usage.input}/${finish.usage.output} and not ${input}/${output}`
  const mapped = expected.reason === undefined ? 'stop' : reasons[expected.reason]
  const allowed = calls.length > 0 ? ['tool-calls'] : [mapped, mapped === 'stop' ? 'refusal' : mapped]
  if (!allowed.includes(finish.reason)) return `the reason is ${finish.reason} for ${expected.reason}`
  return undefined
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const outcome = ({ parts, error }: Replayed) => ({
  parts: merged(parts),
  error: isAnyModelError(error) ? error.toJSON() : error,
})

async function check(
  make: (options: ReplayOptions) => TextModel,
  interaction: Interaction,
  expected: Expected,
  seed: number,
): Promise<string | undefined> {
  const whole = await replay(make, interaction, 'whole')
  const problem = wrong(whole, interaction, expected)
  if (problem) return problem
  for (const cut of cutsFor(interaction, seed)) {
    const again = await replay(make, interaction, cut)
    if (!isDeepStrictEqual(outcome(again), outcome(whole))) return `cut at ${JSON.stringify(cut)} it reads otherwise`
  }
  return undefined
}

describe.each(Object.entries(speakers))('recordings of %s', (provider, speaker) => {
  const absent = missing(provider)
  test.skipIf(absent)(`are decoded${absent ? ` (skipped: ${absent})` : ''}`, { timeout: 120_000 }, async () => {
    const problems: string[] = []
    const counts: Record<string, number> = {}
    let seed = 1
    for await (const interaction of interactions(provider)) {
      const surface = surfaces.find(({ at }) => at.test(interaction.path))
      if (interaction.method !== 'POST' || !surface) continue
      const make = speaker[surface.name]
      if (!make) continue
      const problem = await check(make, interaction, surface.expectation(interaction), seed++)
      const reason = cannot[interaction.id]
      if (problem && !reason) problems.push(`${interaction.id}: ${problem}`)
      if (!problem && reason) problems.push(`${interaction.id} passes, but is listed as: ${reason}`)
      const kind = reason
        ? 'listed as impossible'
        : interaction.status >= 300
          ? 'errors'
          : interaction.framing === 'sse'
            ? 'streamed'
            : 'whole'
      counts[`${surface.name} ${kind}`] = (counts[`${surface.name} ${kind}`] ?? 0) + 1
    }
    console.log(
      `${provider}: ${Object.entries(counts)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ')}`,
    )
    expect(problems).toEqual([])
  })
})

test.skipIf(missing('openai'))(
  'recorded embeddings become one vector per value, from base64 and from numbers',
  { timeout: 60_000 },
  async () => {
    const counts = { vectors: 0, answers: 0, errors: 0 }
    for (const [provider, { embedding }] of Object.entries(speakers)) {
      if (!embedding || missing(provider)) continue
      for await (const interaction of interactions(provider)) {
        if (interaction.surface !== 'embeddings' || interaction.method !== 'POST') continue
        const { input } = (jsonOf(interaction.request) ?? {}) as { input?: unknown }
        const { data = [] } = (jsonOf(interaction.response) ?? {}) as { data?: unknown[] }
        // Some were asked with token numbers, which our calls have no words for: their answers are read all the same.
        const texts = Array.isArray(input) && input.every((value) => typeof value === 'string')
        const values: string[] = texts ? input : data.map(() => 'tokens')
        const model = embedding({ apiKey: 'k', baseURL: 'http://recorded.invalid', fetch: fetchOf(interaction, 7) })
        try {
          const { embeddings } = await model.embed({ values })
          expect(
            embeddings.every((vector) => vector.length > 0 && vector.every(Number.isFinite)),
            interaction.id,
          ).toBe(true)
          counts.vectors += embeddings.length
          counts.answers++
        } catch (error) {
          expect(interaction.status >= 300 && isAnyModelError(error), `${interaction.id}: ${error}`).toBe(true)
          counts.errors++
        }
      }
    }
    console.log(`embeddings: ${counts.answers} answers with ${counts.vectors} vectors, ${counts.errors} errors`)
    expect(counts.answers).toBeGreaterThan(0)
  },
)
