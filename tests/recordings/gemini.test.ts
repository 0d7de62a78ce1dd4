import { isDeepStrictEqual } from 'node:util'
import { type EmbeddingModel, isAnyModelError, type TextModel } from '@anymodel/core'
import { google } from '@anymodel/providers/google'
import { describe, expect, test } from 'vitest'
import { agree } from './agree.ts'
import {
  fetchOf,
  type Interaction,
  interactions,
  jsonOf,
  missing,
  type Replayed,
  type ReplayOptions,
  textOf,
  toolCallsOf,
} from './read.ts'
import { sentBack } from './sent-back.ts'

const make = (options: ReplayOptions): TextModel => google(options).text('gemini-2.5-flash')

/** Who has answers in this format. */
const providers = ['gemini', 'vertex', 'local-openai-compatible']

/** Interactions that can't pass, and why. One that would pass fails the test. */
const cannot: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'braintrustdata+braintrust-sdk-javascript/e2e/scenarios/google-genai-instrumentation/__cassettes__/google-genai-v1-latest.cassette.json#5',
    'googleapis+js-genai/test/system/recordings/Client_Tests_generateContentStream_ML_Dev_should_return_the_headers_in_the_sdkHttpResponse_for_each_chunk.json#0',
  ].map((id) => [id, 'an empty stream: the answer is missing, and we say so']),
)

interface WirePart {
  text?: string
  thought?: boolean
  thoughtSignature?: string
  [kind: string]: unknown
}

interface Call {
  name?: string
  args?: unknown
  willContinue?: boolean
  partialArgs?: unknown
}

/** What a recording says, read without any of the code under test. */
interface Expected {
  parts: WirePart[]
  reason: string | number | undefined
  blocked: boolean
  usage: Record<string, number>
}

/** All chunks of an answer, however it was framed. */
const chunksOf = ({ framing, response }: Interaction): Record<string, unknown>[] =>
  framing === 'sse'
    ? response.body
        .split(/\r\n|\r|\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => JSON.parse(line.slice(5)))
    : [jsonOf(response)].flat(1).map((chunk) => chunk as Record<string, unknown>)

function expectation(interaction: Interaction): Expected {
  const said: Expected = { parts: [], reason: undefined, blocked: false, usage: {} }
  for (const chunk of chunksOf(interaction)) {
    const [candidate] = (chunk.candidates ?? []) as { content?: { parts?: WirePart[] }; finishReason?: string }[]
    said.parts.push(...(candidate?.content?.parts ?? []))
    said.reason = candidate?.finishReason ?? said.reason
    said.blocked ||= chunk.promptFeedback !== undefined
    said.usage = { ...said.usage, ...(chunk.usageMetadata as object) }
  }
  return said
}

const reasons: Readonly<Record<string, string>> = {
  1: 'stop',
  2: 'length',
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'other',
  UNEXPECTED_TOOL_CALL: 'other',
}

const sum = (...counts: (number | undefined)[]): number | undefined =>
  counts.every((count) => count === undefined)
    ? undefined
    : counts.reduce<number>((all, count) => all + (count ?? 0), 0)

/** The function calls of an answer, those that come in pieces put together by name only. */
const callsOf = (parts: readonly WirePart[]): Call[] =>
  parts.flatMap(({ functionCall }) => {
    const call = functionCall as Call | undefined
    return call?.name === undefined ? [] : [call]
  })

const inPieces = (call: Call | undefined): boolean => Boolean(call?.willContinue || call?.partialArgs)

const has = (kind: string) => (part: WirePart) => kind in part

/** What is wrong with what the model made of a recording; `undefined` when nothing is. */
function wrong({ parts, error }: Replayed, interaction: Interaction): string | undefined {
  if (interaction.status >= 300) {
    if (!isAnyModelError(error)) return `no typed error, but ${String(error)}`
    return error.status === interaction.status ? undefined : `the error has status ${error.status}`
  }
  const { parts: recorded, reason, usage, blocked } = expectation(interaction)
  if (blocked && recorded.length === 0)
    return isAnyModelError(error) && error.code === 'content-filter' ? undefined : 'a blocked prompt is no error'
  if (error !== undefined) return String(error)
  const finish = parts.at(-1)
  if (finish?.type !== 'finish') return 'no finish at the end'
  const count = (type: string) => parts.filter((part) => part.type === type).length
  const calls = toolCallsOf(parts)
  const ours = calls.filter(({ byProvider }) => !byProvider)
  const answeredThere = recorded.filter(has('functionResponse')).length
  const reasoning = usage.thoughtsTokenCount
  const said = {
    text: textOf(parts),
    thinking: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: calls.filter(({ name }) => callsOf(recorded).some((call) => call.name === name)).map(({ name }) => name),
    inputs: calls.map(({ input }) => typeof JSON.parse(input)),
    ours: ours.length,
    ids: new Set(calls.map(({ id }) => id)).size,
    results: count('tool-result'),
    files: count('file'),
    reason: finish.reason,
    usage: { ...finish.usage, raw: undefined },
  }
  const hosted = recorded.filter((part) => has('executableCode')(part) || has('toolCall')(part)).length
  const mapped = reasons[reason ?? 'STOP']
  const wanted = {
    text: recorded.map(({ text = '', thought }) => (thought ? '' : text)).join(''),
    thinking: recorded.map(({ text = '', thought }) => (thought ? text : '')).join(''),
    calls: callsOf(recorded).map(({ name }) => name),
    inputs: Array.from({ length: callsOf(recorded).length + hosted }, () => 'object'),
    ours: callsOf(recorded).length - answeredThere,
    ids: callsOf(recorded).length + hosted,
    results: answeredThere + recorded.filter((p) => has('codeExecutionResult')(p) || has('toolResponse')(p)).length,
    files: recorded.filter(has('inlineData')).length,
    reason: mapped === 'stop' && callsOf(recorded).length > answeredThere ? 'tool-calls' : mapped,
    usage: {
      input: sum(usage.promptTokenCount, usage.toolUsePromptTokenCount),
      output: sum(usage.candidatesTokenCount, reasoning),
      total: usage.totalTokenCount,
      cacheRead: usage.cachedContentTokenCount,
      reasoning,
      raw: undefined,
    },
  }
  if (!isDeepStrictEqual(said, wanted)) return `${JSON.stringify(said)} and not ${JSON.stringify(wanted)}`
  const inputs = ours.filter((_, at) => !inPieces(callsOf(recorded)[at])).map(({ input }) => JSON.parse(input))
  const args = callsOf(recorded).filter((call) => !inPieces(call))
  return answeredThere > 0 ||
    isDeepStrictEqual(
      inputs,
      args.map((call) => call.args ?? {}),
    )
    ? undefined
    : 'other arguments'
}

/** The parts as they must go back. Thoughts without a signature stay here, and nothing but signatures may be empty. */
const toSend = (parts: readonly WirePart[]): WirePart[] =>
  parts
    .filter(({ text, thought, thoughtSignature }) => thoughtSignature || !(thought || text === ''))
    .map((part) => {
      const call = part.functionCall as Call | undefined
      return call ? { ...part, functionCall: { ...call, args: call.args ?? {} } } : part
    })

/** Texts next to each other may have become one, unless a signature belongs to one of them. */
function joined(parts: readonly WirePart[]): WirePart[] {
  const out: WirePart[] = []
  for (const part of parts) {
    const last = out.at(-1)
    const plain = (p: WirePart | undefined) => p?.text !== undefined && !p.thoughtSignature && !p.thought
    if (plain(part) && plain(last)) out[out.length - 1] = { text: `${last?.text}${part.text}` }
    else out.push(part)
  }
  return out
}

async function goesBack(interaction: Interaction): Promise<string | undefined> {
  const { parts, blocked } = expectation(interaction)
  if (blocked || callsOf(parts).some(inPieces)) return undefined
  const body = await sentBack(make, interaction)
  const turns = body.contents as unknown as { role: string; parts: WirePart[] }[]
  const sent = joined(turns.filter(({ role }) => role === 'model').flatMap((turn) => turn.parts))
  const recorded = joined(toSend(parts))
  return isDeepStrictEqual(sent, recorded)
    ? undefined
    : `goes back as ${JSON.stringify(sent).slice(0, 600)} and not ${JSON.stringify(recorded).slice(0, 600)}`
}

const check = agree({ make, wrong, goesBack })

describe.each(providers)('generateContent recordings of %s', (provider) => {
  const absent = missing(provider)
  test.skipIf(absent)(`are decoded${absent ? ` (skipped: ${absent})` : ''}`, { timeout: 120_000 }, async () => {
    const problems: string[] = []
    const counts = { streamed: 0, arrays: 0, whole: 0, errors: 0, impossible: 0 }
    let seed = 1
    for await (const interaction of interactions(provider)) {
      if (interaction.method !== 'POST' || !/:(?:streamG|g)enerateContent$/.test(interaction.path)) continue
      const problem = await check(interaction, seed++)
      const reason = cannot[interaction.id]
      if (problem && !reason) problems.push(`${interaction.id}: ${problem}`)
      if (!problem && reason) problems.push(`${interaction.id} passes, but is listed as: ${reason}`)
      if (reason) counts.impossible++
      else if (interaction.status >= 300) counts.errors++
      else if (interaction.framing === 'sse') counts.streamed++
      else counts[Array.isArray(jsonOf(interaction.response)) ? 'arrays' : 'whole']++
    }
    console.log(`${provider}: ${JSON.stringify(counts)}`)
    expect(problems).toEqual([])
  })
})

test.skipIf(missing('gemini'))('recorded embeddings become one vector per value', async () => {
  const model = (interaction: Interaction): EmbeddingModel =>
    google({ apiKey: 'k', baseURL: 'http://recorded.invalid', fetch: fetchOf(interaction, 7) }).embedding('m')
  const counts = { vectors: 0, answers: 0, errors: 0 }
  for await (const interaction of interactions('gemini')) {
    if (!interaction.path.endsWith(':batchEmbedContents')) continue
    const { requests = [] } = jsonOf(interaction.request) as { requests?: unknown[] }
    const values = requests.map(() => 'a value')
    try {
      const { embeddings } = await model(interaction).embed({ values })
      expect(embeddings.every((vector) => vector.length > 0 && vector.every(Number.isFinite))).toBe(true)
      counts.vectors += embeddings.length
      counts.answers++
    } catch (error) {
      expect(interaction.status >= 300 && isAnyModelError(error), `${interaction.id}: ${error}`).toBe(true)
      counts.errors++
    }
  }
  console.log(`embeddings: ${JSON.stringify(counts)}`)
  expect(counts.answers).toBeGreaterThan(0)
})
