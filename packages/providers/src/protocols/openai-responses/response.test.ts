import { isAnyModelError, type JsonObject, type Part } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import { Reported } from '../../reported.ts'
import { wireError } from '../../wire-error.ts'
import { responsesDialect } from './dialect.ts'
import { ResponsesDecoder } from './response.ts'

const context = { provider: 'openai', model: 'm', headers: { 'x-request-id': 'req_1' } }

function decode(...events: object[]): Part[] {
  const out: Part[] = []
  const decoder = new ResponsesDecoder({ ...context, out }, responsesDialect)
  for (const event of events) decoder.event(event as JsonObject)
  decoder.end()
  return out
}

function whole(body: object): Part[] {
  const out: Part[] = []
  const decoder = new ResponsesDecoder({ ...context, out }, responsesDialect)
  decoder.whole(body)
  decoder.end()
  return out
}

const added = (output_index: number, item: object) => ({ type: 'response.output_item.added', output_index, item })
const done = (output_index: number, item: object) => ({ type: 'response.output_item.done', output_index, item })
const text = (output_index: number, delta: string) => ({ type: 'response.output_text.delta', output_index, delta })
const completed = (response: object = {}) => ({
  type: 'response.completed',
  response: { status: 'completed', ...response },
})
const message = (id: string, words: string) => ({
  type: 'message',
  id,
  content: [{ type: 'output_text', text: words, annotations: [] }],
})

const shown = (parts: readonly Part[]) =>
  parts.map((part) => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return `${part.type}:${part.text}${part.opaque ? '.' : ''}`
      case 'tool-call':
        return `call:${part.id}:${part.input}${part.opaque ? '.' : ''}`
      default:
        return part.type
    }
  })

const failure = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof Reported) return wireError(error.wire)
    if (isAnyModelError(error)) return error
  }
  throw new Error('no typed error')
}

describe('items of the output', () => {
  test('that are written at the same time come one after the other, each whole', () => {
    const parts = decode(
      added(0, { type: 'reasoning', id: 'rs_1' }),
      added(1, { type: 'message', id: 'msg_1' }),
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'think' },
      text(1, 'Hel'),
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'more' },
      text(1, 'lo'),
      done(0, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }),
      done(1, message('msg_1', 'Hello')),
      completed(),
    )
    expect(shown(parts)).toEqual([
      'reasoning:think',
      'reasoning:\n\nmore',
      'reasoning:.',
      'text:Hel',
      'text:lo',
      'text:.',
      'finish',
    ])
  })

  test('are found by their kind alone: events without a name, unknown events and missing announcements do not matter', () => {
    const parts = decode(
      { type: 'response.brand_new.thing', delta: 'ignored' },
      { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'Hi' },
      completed(),
    )
    expect(shown(parts)).toEqual(['text:Hi', 'finish'])
  })

  test('are read from the end of the stream when nothing came before it', () => {
    expect(shown(decode(completed({ output: [message('msg_1', 'Hi')] })))).toEqual(['text:Hi', 'text:.', 'finish'])
  })
})

describe('function calls', () => {
  const call = (id: string, input: string) => ({
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    name: 'f',
    arguments: input,
  })

  test('run in parallel, keyed by call_id, and their item ids are kept for the way back', () => {
    const parts = decode(
      added(0, call('a', '')),
      added(1, call('b', '')),
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"x"' },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{}' },
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: ':1}' },
      done(0, call('a', '{}')),
      done(1, call('b', '{"x":1}')),
      completed(),
    )
    expect(shown(parts)).toEqual([
      'call:a:',
      'call:b:',
      'call:b:{"x"',
      'call:a:{}',
      'call:b::1}',
      'call:a:.',
      'call:b:.',
      'finish',
    ])
    expect(parts.at(-1)).toMatchObject({ reason: 'tool-calls' })
    expect(parts.at(-2)).toMatchObject({ opaque: { provider: 'openai', data: { type: 'function_call', id: 'fc_b' } } })
  })

  test('come whole where the service streams no input', () => {
    expect(shown(decode(added(0, call('a', '')), done(0, call('a', '{}')), completed()))).toEqual([
      'call:a:',
      'call:a:{}.',
      'finish',
    ])
  })

  test('of custom tools carry their text as a JSON string', () => {
    const custom = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c', name: 'run', input: 'print("hi")\n' }
    const delta = (words: string) => ({ type: 'response.custom_tool_call_input.delta', output_index: 0, delta: words })
    const parts = decode(
      added(0, { ...custom, input: '' }),
      delta('print("'),
      delta('hi")\n'),
      done(0, custom),
      completed(),
    )
    const input = parts.map((part) => (part.type === 'tool-call' ? part.input : '')).join('')
    expect(JSON.parse(input)).toBe('print("hi")\n')
  })
})

describe('tools of the service', () => {
  test('show as calls with their results', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } }
    const parts = decode(added(0, { ...search, action: undefined }), done(0, search), completed())
    expect(parts).toMatchObject([
      { type: 'tool-call', id: 'ws_1', name: 'web_search', input: '', byProvider: true },
      { type: 'tool-call', id: 'ws_1', input: '{"type":"search","query":"q"}', byProvider: true },
      { type: 'tool-result', id: 'ws_1', name: 'web_search', byProvider: true, opaque: { data: search } },
      { type: 'finish', reason: 'stop' },
    ])
  })

  test('that draw give a file, and the item without its bytes to send back', () => {
    const item = { type: 'image_generation_call', id: 'ig_1', status: 'completed', output_format: 'webp' }
    const parts = whole({
      status: 'completed',
      output: [{ ...item, result: Buffer.from('pixels').toString('base64') }],
    })
    const file = parts.find((part) => part.type === 'file')
    expect(file).toEqual({
      type: 'file',
      mediaType: 'image/webp',
      data: Buffer.from('pixels'),
      opaque: { provider: 'openai', data: item },
    })
  })

  test('that draw in a stream give the picture once, when it is done', () => {
    const item = { type: 'image_generation_call', id: 'ig_1', status: 'in_progress' }
    const pixels = (words: string) => Buffer.from(words).toString('base64')
    const drawing = (step: string, more: object = {}) => ({
      type: `response.image_generation_call.${step}`,
      output_index: 0,
      item_id: 'ig_1',
      ...more,
    })
    const parts = decode(
      added(0, item),
      drawing('in_progress'),
      drawing('generating'),
      drawing('partial_image', { partial_image_index: 0, partial_image_b64: pixels('half') }),
      drawing('completed'),
      done(0, { ...item, status: 'completed', output_format: 'jpeg', result: pixels('whole') }),
      completed(),
    )
    expect(parts.filter(({ type }) => type === 'file')).toMatchObject([
      { mediaType: 'image/jpeg', data: Buffer.from('whole'), opaque: { data: { id: 'ig_1', status: 'completed' } } },
    ])
  })

  test('that are newer than this code show too', () => {
    const parts = whole({
      status: 'completed',
      output: [{ type: 'x_search_call', id: 'xs_1', arguments: '{"q":1}', status: 'completed' }],
    })
    expect(parts[0]).toMatchObject({ type: 'tool-call', name: 'x_search', byProvider: true })
    expect(parts.at(-1)).toMatchObject({ reason: 'stop' })
  })

  test('of an MCP server tell their failure', () => {
    const parts = whole({
      status: 'completed',
      output: [{ type: 'mcp_call', id: 'm', name: 'roll', arguments: '{}', error: 'no dice' }],
    })
    expect(parts.find((part) => part.type === 'tool-result')).toMatchObject({
      name: 'roll',
      output: 'no dice',
      isError: true,
    })
  })
})

describe('the end', () => {
  const reasonOf = (parts: Part[]) =>
    parts.flatMap((part) => (part.type === 'finish' ? [part.reason, part.response.rawReason] : []))

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['steered', 'other'],
  ])('incomplete because of %s is %s', (reason, expected) => {
    const response = { status: 'incomplete', incomplete_details: { reason } }
    expect(reasonOf(decode({ type: 'response.incomplete', response }))).toEqual([expected, reason])
  })

  test('is a refusal when the message is nothing else', () => {
    const item = { type: 'message', id: 'msg_1', content: [{ type: 'refusal', refusal: 'No.' }] }
    const parts = decode(
      added(0, item),
      { type: 'response.refusal.delta', output_index: 0, delta: 'No.' },
      done(0, item),
      completed(),
    )
    expect(reasonOf(parts)).toEqual(['refusal', 'completed'])
    expect(parts[0]).toEqual({ type: 'text', text: 'No.' })
  })

  test('has usage with its details, log probabilities and what the service says about itself', () => {
    const logprobs = [{ token: 'Hi', logprob: -0.1 }]
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 15,
    }
    const output = [{ type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Hi', logprobs }] }]
    const parts = whole({ id: 'resp_1', model: 'gpt-6', status: 'completed', service_tier: 'flex', output, usage })
    expect(parts.at(-1)).toMatchObject({
      usage: { input: 10, output: 5, total: 15, cacheRead: 4, cacheWrite: 2, reasoning: 3 },
      response: { id: 'resp_1', model: 'gpt-6', requestId: 'req_1', details: { serviceTier: 'flex', logprobs } },
    })
  })

  test('that does not come is a truncation', () => {
    expect(failure(() => decode(text(0, 'Hel'))).code).toBe('truncated')
  })
})

describe('errors inside an answer', () => {
  test.each([
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down.', param: null }, 'rate-limit'],
    [{ type: 'response.failed', response: { error: { code: 'server_error', message: 'Oops.' } } }, 'server'],
    [{ type: 'response.failed', response: { error: { code: 'invalid_prompt', message: 'No.' } } }, 'content-filter'],
    [{ error: { code: 'context_length_exceeded', message: 'Too long.' } }, 'context-length'],
  ])('%o have a code', (event, code) => {
    expect(failure(() => decode(text(0, 'Hel'), event))).toMatchObject({ code })
  })

  test('of a whole body have one too', () => {
    expect(failure(() => whole({ status: 'failed', error: { code: 'server_error', message: 'Oops.' } })).code).toBe(
      'server',
    )
    expect(failure(() => whole({ object: 'response' })).code).toBe('malformed')
  })
})

test('sources carry what is cited and where', () => {
  const annotations = [
    { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 2, end_index: 9 },
    { type: 'file_citation', file_id: 'file-1', filename: 'b.pdf', index: 4 },
  ]
  const output = [
    { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'See A and b.', annotations }] },
  ]
  expect(whole({ status: 'completed', output }).filter(({ type }) => type === 'source')).toEqual([
    { type: 'source', url: 'https://a.example', title: 'A', start: 2, end: 9 },
    { type: 'source', title: 'b.pdf' },
  ])
})
