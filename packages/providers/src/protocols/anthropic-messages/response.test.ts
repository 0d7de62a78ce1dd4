import { isAnyModelError, type JsonObject, type Part } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import { Reported } from '../../reported.ts'
import { wireError } from '../../wire-error.ts'
import { MessagesDecoder } from './response.ts'

const context = { provider: 'anthropic', model: 'claude-x', headers: { 'request-id': 'req_1' } }

function decode(...events: object[]): Part[] {
  const out: Part[] = []
  const decoder = new MessagesDecoder({ ...context, out })
  for (const event of events) decoder.event(event as JsonObject, (event as { type?: string }).type)
  decoder.end(false)
  return out.filter(({ type }) => type !== 'notice')
}

function whole(body: object): Part[] {
  const out: Part[] = []
  const decoder = new MessagesDecoder({ ...context, out })
  decoder.whole(body)
  decoder.end(true)
  return out
}

const failure = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof Reported) return wireError(error.wire)
    if (isAnyModelError(error)) return error
  }
  throw new Error('no typed error')
}

const began = (usage: object = {}) => ({ type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage } })
const start = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
const delta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
const stop = (index: number) => ({ type: 'content_block_stop', index })
const ended = (stop_reason = 'end_turn', usage: object = {}) => [
  { type: 'message_delta', delta: { stop_reason }, usage },
  { type: 'message_stop' },
]

const opaqueOf = (part: Part | undefined) => (part && 'opaque' in part ? part.opaque?.data : undefined)
const finishOf = (parts: readonly Part[]) => parts.find((part) => part.type === 'finish')

describe('thinking', () => {
  test('has its signature and its model on its last part, also when the text is withheld', () => {
    const parts = decode(
      began(),
      start(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      stop(0),
      start(1, { type: 'thinking', thinking: '', signature: 'other' }),
      stop(1),
      ...ended(),
    )
    const opaque = (signature: string) => ({
      provider: 'anthropic',
      data: { type: 'thinking', signature, model: 'claude-x' },
    })
    expect(parts.slice(0, 3)).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: '', opaque: opaque('sig') },
      { type: 'reasoning', text: '', opaque: opaque('other') },
    ])
  })

  test('that is redacted shows nowhere and is kept whole', () => {
    const block = { type: 'redacted_thinking', data: 'secret' }
    expect(whole({ content: [block] })[0]).toEqual({
      type: 'reasoning',
      text: '',
      opaque: { provider: 'anthropic', data: block },
    })
  })
})

describe('tool calls', () => {
  test('without any input have an empty object, streamed or whole', () => {
    const call = { type: 'tool_use', id: 'toolu_1', name: 'now', input: {} }
    const streamed = decode(
      began(),
      start(0, call),
      delta(0, { type: 'input_json_delta', partial_json: '' }),
      stop(0),
      ...ended('tool_use'),
    )
    for (const parts of [streamed, whole({ content: [call], stop_reason: 'tool_use' })]) {
      expect(parts.map((part) => (part.type === 'tool-call' ? part.input : '')).join('')).toBe('{}')
      expect(finishOf(parts)?.reason).toBe('tool-calls')
    }
  })

  test('that another tool made keep who called', () => {
    const caller = { type: 'code_execution_20260120', tool_id: 'srv_1' }
    const [, last] = whole({ content: [{ type: 'tool_use', id: 'a', name: 'f', input: {}, caller }] })
    expect(opaqueOf(last)).toEqual({ type: 'tool_use', caller })
  })

  test('of the service are marked, and their results carry what it wants back', () => {
    const content = [{ type: 'web_search_result', url: 'https://a.example', encrypted_content: 'x' }]
    const parts = whole({
      content: [
        { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'q' } },
        { type: 'web_search_tool_result', tool_use_id: 'srv_1', content },
        { type: 'code_execution_tool_result', tool_use_id: 'srv_2', content: { type: 'x_error', error_code: 'gone' } },
      ],
      stop_reason: 'pause_turn',
    })
    expect(parts.filter((part) => part.type === 'tool-call').every(({ byProvider }) => byProvider)).toBe(true)
    expect(parts.filter((part) => part.type === 'tool-result')).toEqual([
      {
        ...{ type: 'tool-result', id: 'srv_1', name: 'web_search', output: content, byProvider: true },
        opaque: { provider: 'anthropic', data: { type: 'web_search_tool_result' } },
      },
      {
        ...{ type: 'tool-result', id: 'srv_2', name: 'code_execution', byProvider: true, isError: true },
        output: { type: 'x_error', error_code: 'gone' },
        opaque: { provider: 'anthropic', data: { type: 'code_execution_tool_result' } },
      },
    ])
    expect(finishOf(parts)?.reason).toBe('pause')
  })
})

test('citations are sources, and go back with the text that they belong to', () => {
  const found = { type: 'web_search_result_location', url: 'https://a.example', title: 'A', cited_text: 'word' }
  const given = { type: 'char_location', document_title: 'Report', cited_text: 'other', start_char_index: 3 }
  const parts = decode(
    began(),
    start(0, { type: 'text', text: '' }),
    delta(0, { type: 'text_delta', text: 'Plain. ' }),
    stop(0),
    start(1, { type: 'text', text: '', citations: [] }),
    delta(1, { type: 'citations_delta', citation: found }),
    delta(1, { type: 'text_delta', text: 'Cited.' }),
    delta(1, { type: 'citations_delta', citation: given }),
    stop(1),
    ...ended(),
  )
  expect(parts.slice(0, -1)).toEqual([
    { type: 'text', text: 'Plain. ' },
    { type: 'text', text: '', opaque: { provider: 'anthropic', data: { type: 'text' } } },
    { type: 'source', url: 'https://a.example', title: 'A', quote: 'word' },
    { type: 'text', text: 'Cited.' },
    { type: 'source', title: 'Report', quote: 'other' },
    { type: 'text', text: '', opaque: { provider: 'anthropic', data: { type: 'text', citations: [found, given] } } },
  ])
})

describe('usage', () => {
  test('counts what came from the cache and went into it as input', () => {
    const [finish] = whole({
      content: [],
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 200,
        cache_creation_input_tokens: 30,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 4 },
      },
    })
    expect(finishOf([finish as Part])?.usage).toMatchObject({
      ...{ input: 240, output: 7, total: 247, cacheRead: 200, cacheWrite: 30, reasoning: 4 },
    })
  })

  test('of a stream is a running total, not a sum', () => {
    const parts = decode(
      began({ input_tokens: 10, output_tokens: 1 }),
      ...ended('end_turn', { output_tokens: 9, input_tokens: null }),
    )
    expect(finishOf(parts)?.usage).toMatchObject({ input: 10, output: 9, total: 19 })
  })
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['brand_new', 'other'],
])('the stop reason %s is %s', (raw, reason) => {
  const finish = finishOf(whole({ content: [], stop_reason: raw }))
  expect([finish?.reason, finish?.response.rawReason]).toEqual([reason, raw])
})

test('a refusal says why in the details', () => {
  const stop_details = { type: 'refusal', category: 'bio', explanation: 'Because.' }
  const finish = finishOf(whole({ content: [], stop_reason: 'refusal', stop_details }))
  expect(finish?.response.details).toEqual({ stopDetails: stop_details })
})

describe('errors inside a stream', () => {
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_9' }

  test('are typed, as the first event or later', () => {
    for (const before of [[], [began(), start(0, { type: 'text', text: 'Hi' })]]) {
      const error = failure(() => decode(...before, overloaded))
      expect([error.code, error.retryable, error.providerCode]).toEqual(['rate-limit', true, 'overloaded_error'])
    }
  })

  test('a stream that ends before its stop reason is truncated', () => {
    const error = failure(() => decode(began(), start(0, { type: 'text', text: 'Hi' }), stop(0)))
    expect(error.code).toBe('truncated')
  })
})

test('deltas and blocks that nobody knows are passed over, but a whole unknown block goes back', () => {
  const parts = decode(
    began(),
    { type: 'brand_new_event' },
    start(0, { type: 'hologram', size: 3 }),
    stop(0),
    start(1, { type: 'hologram' }),
    delta(1, { type: 'hologram_delta', voxels: 'x' }),
    stop(1),
    start(2, { type: 'text', text: '' }),
    delta(2, { type: 'shimmer_delta' }),
    delta(2, { type: 'text_delta', text: 'Hi' }),
    stop(2),
    ...ended(),
  )
  expect(parts.slice(0, -1)).toEqual([
    { type: 'reasoning', text: '', opaque: { provider: 'anthropic', data: { type: 'hologram', size: 3 } } },
    { type: 'text', text: 'Hi' },
  ])
})
