import { isDeepStrictEqual } from 'node:util'
import { isAnyModelError, type TextModel } from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { describe, expect, test } from 'vitest'
import { agree } from './agree.ts'
import {
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

const make = (options: ReplayOptions): TextModel => anthropic(options).text('claude-sonnet-4-5')

/** Who has answers in this format. The others were searched for them, too. */
const providers = ['anthropic', 'bedrock', 'local-openai-compatible']

/** Interactions that can't pass, and why. One that would pass fails the test. */
const cannot: Readonly<Record<string, string>> = {}

interface Block {
  type: string
  [field: string]: unknown
}

/** What a recording says, read without any of the code under test. */
interface Expected {
  blocks: Block[]
  reason: string | null | undefined
  usage: Record<string, unknown>
}

/** The answer of a recorded stream, put together from its events; of a whole answer, as it stands. */
function expectation({ response, framing }: Interaction): Expected {
  if (framing !== 'sse') {
    const { content, stop_reason, usage } = jsonOf(response) as { content: Block[]; stop_reason: string; usage: object }
    return { blocks: content, reason: stop_reason, usage: { ...usage } }
  }
  const said: Expected = { blocks: [], reason: undefined, usage: {} }
  for (const line of response.body.split(/\r?\n/)) {
    if (!line.startsWith('data:')) continue
    const event = JSON.parse(line.slice(5))
    if (event.type === 'message_start') said.usage = event.message.usage ?? {}
    if (event.type === 'content_block_start') said.blocks[event.index] = { ...event.content_block, json: '' }
    if (event.type === 'content_block_delta') grow(said.blocks[event.index] as Block, event.delta)
    if (event.type === 'message_delta') {
      said.reason = event.delta.stop_reason
      said.usage = { ...said.usage, ...event.usage }
    }
  }
  for (const block of said.blocks) if (block.json) block.input = JSON.parse(String(block.json))
  return said
}

function grow(block: Block, delta: Record<string, unknown>): void {
  if (delta.text) block.text += String(delta.text)
  if (delta.thinking) block.thinking += String(delta.thinking)
  if (delta.signature) block.signature += String(delta.signature)
  if (delta.type === 'compaction_delta') block.content = `${block.content ?? ''}${delta.content}`
  if (delta.partial_json) block.json += String(delta.partial_json)
  if (delta.citation) block.citations = [...((block.citations as unknown[]) ?? []), delta.citation]
}

const reasons: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  refusal: 'refusal',
}

const callTypes = ['tool_use', 'server_tool_use', 'mcp_tool_use']

/** What is wrong with what the model made of a recording; `undefined` when nothing is. */
function wrong({ parts, error }: Replayed, interaction: Interaction): string | undefined {
  if (interaction.status >= 300) {
    if (!isAnyModelError(error)) return `no typed error, but ${String(error)}`
    return error.status === interaction.status ? undefined : `the error has status ${error.status}`
  }
  if (error !== undefined) return String(error)
  const { blocks, reason, usage } = expectation(interaction)
  const finish = parts.at(-1)
  if (finish?.type !== 'finish') return 'no finish at the end'
  const count = (type: string) => parts.filter((part) => part.type === type).length
  const cacheRead = (usage.cache_read_input_tokens as number | null) ?? undefined
  const cacheWrite = (usage.cache_creation_input_tokens as number | null) ?? undefined
  const input = usage.input_tokens as number | undefined
  const said = {
    text: textOf(parts),
    thinking: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: toolCallsOf(parts).map(({ name, input, byProvider }) => ({ name, input: JSON.parse(input), byProvider })),
    results: count('tool-result'),
    sources: count('source'),
    reason: finish.reason,
    usage: known({ ...finish.usage, raw: undefined, total: undefined }),
  }
  const recorded = {
    text: blocks.map(({ type, text }) => (type === 'text' ? text : '')).join(''),
    thinking: blocks.map(({ thinking = '' }) => thinking).join(''),
    calls: blocks
      .filter(({ type }) => callTypes.includes(type))
      .map(({ type, name, input }) => ({ name, input, byProvider: type !== 'tool_use' })),
    results: blocks.filter(({ tool_use_id }) => tool_use_id).length,
    sources: blocks.flatMap(({ citations }) => citations ?? []).length,
    reason: reasons[reason ?? 'end_turn'],
    usage: known({
      input: input === undefined ? undefined : input + (cacheRead ?? 0) + (cacheWrite ?? 0),
      output: usage.output_tokens,
      cacheRead,
      cacheWrite,
      reasoning: (usage.output_tokens_details as { thinking_tokens?: number } | null)?.thinking_tokens,
    }),
  }
  return isDeepStrictEqual(said, recorded) ? undefined : `${JSON.stringify(said)} and not ${JSON.stringify(recorded)}`
}

const known = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The blocks as they must go back: nothing empty, nothing that only repeats a default. */
const toSend = (blocks: readonly Block[]): Block[] =>
  blocks
    .filter(
      ({ type, text, signature }) =>
        (type !== 'text' || String(text).trim() !== '') && (type !== 'thinking' || signature),
    )
    .map((block) => {
      const { json: _json, ...sent } = block
      if (sent.type === 'text' && !(sent.citations as unknown[] | null)?.length) delete sent.citations
      if (sent.type === 'tool_use' && (sent.caller as { type?: string } | undefined)?.type === 'direct')
        delete sent.caller
      return sent
    })

/** Texts next to each other may have become one. */
function joined(blocks: readonly Block[]): Block[] {
  const out: Block[] = []
  for (const block of blocks) {
    const last = out.at(-1)
    const plain = block.type === 'text' && last?.type === 'text' && !block.citations && !last.citations
    if (plain) out[out.length - 1] = { ...last, text: `${last.text}${block.text}` }
    else out.push(block)
  }
  return out
}

async function goesBack(interaction: Interaction): Promise<string | undefined> {
  const body = await sentBack(make, interaction)
  const turns = body.messages as unknown as { role: string; content: Block[] }[]
  const sent = joined(turns.filter(({ role }) => role === 'assistant').flatMap(({ content }) => content))
  const recorded = joined(toSend(expectation(interaction).blocks))
  return isDeepStrictEqual(sent, recorded)
    ? undefined
    : `goes back as ${JSON.stringify(sent).slice(0, 600)} and not ${JSON.stringify(recorded).slice(0, 600)}`
}

const check = agree({ make, wrong, goesBack })

const isMessages = ({ method, path, framing, response, status }: Interaction): boolean =>
  method === 'POST' &&
  (path.endsWith('/messages') ||
    (status < 300 && framing === 'json' && (jsonOf(response) as { type?: unknown } | undefined)?.type === 'message'))

describe.each(providers)('Messages recordings of %s', (provider) => {
  const absent = missing(provider)
  test.skipIf(absent)(`are decoded${absent ? ` (skipped: ${absent})` : ''}`, { timeout: 120_000 }, async () => {
    const problems: string[] = []
    const counts = { streamed: 0, whole: 0, errors: 0, impossible: 0 }
    let seed = 1
    for await (const interaction of interactions(provider)) {
      if (!isMessages(interaction)) continue
      const problem = await check(interaction, seed++)
      const reason = cannot[interaction.id]
      if (problem && !reason) problems.push(`${interaction.id}: ${problem}`)
      if (!problem && reason) problems.push(`${interaction.id} passes, but is listed as: ${reason}`)
      if (reason) counts.impossible++
      else if (interaction.status >= 300) counts.errors++
      else counts[interaction.framing === 'sse' ? 'streamed' : 'whole']++
    }
    console.log(`${provider}: ${JSON.stringify(counts)}`)
    expect(problems).toEqual([])
  })
})
