import { generateText, type Message, providerTool, type TextCall } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import { openai } from '../../openai.ts'
import { openaiModels } from '../../openai-models.ts'
import { responsesDialect } from './dialect.ts'
import { toRequest } from './request.ts'

const dialect = { ...responsesDialect, models: openaiModels }
const bodyOf = (call: Partial<TextCall>, model = 'gpt-6-luna') =>
  toRequest({ messages: [], ...call }, { provider: 'openai', model }, dialect).body

const own = (data: object) => ({ opaque: { provider: 'openai', data: data as never } })

test('what an answer was made of goes back as it came', async () => {
  const output = [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'secret' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'cGl4ZWxz' },
    { type: 'compaction', id: 'cmp_1', encrypted_content: 'packed' },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      phase: 'final_answer',
      content: [{ type: 'output_text', text: 'Done.', annotations: [] }],
    },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' },
  ]
  const fetch = (async () =>
    Response.json({ object: 'response', status: 'completed', output })) as unknown as typeof globalThis.fetch
  const model = openai({ apiKey: 'k', fetch }).text('gpt-6-luna')
  const { messages } = await generateText({ model, prompt: 'Go.', tools: { f: { input: { type: 'object' } } } })
  const stored = JSON.parse(JSON.stringify(messages)) as Message[]
  expect(bodyOf({ messages: stored }).input).toEqual([{ role: 'user', content: 'Go.' }, ...output])
})

describe('pictures that the service drew', () => {
  const told = { output_format: 'webp', revised_prompt: 'A cat.', action: 'generate', size: '1024x1024' }
  const drawn: Message = {
    role: 'assistant',
    content: [
      {
        type: 'file',
        mediaType: 'image/webp',
        data: 'cGl4ZWxz',
        ...own({ type: 'image_generation_call', id: 'ig_1', status: 'completed', ...told }),
      },
    ],
  }
  const failed = { type: 'image_generation_call', id: 'ig_2', status: 'failed', ...told }
  const refused: Message = {
    role: 'assistant',
    content: [
      { type: 'tool-result', id: 'ig_2', name: 'image_generation', output: {}, byProvider: true, ...own(failed) },
    ],
  }

  test('go back with the fields that it takes', () => {
    expect(bodyOf({ messages: [drawn, refused] }).input).toEqual([
      { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'cGl4ZWxz' },
      { type: 'image_generation_call', id: 'ig_2', status: 'failed', result: null },
    ])
  })

  test('are only named where it has stored them', () => {
    expect(bodyOf({ messages: [drawn], extra: { store: true } }).input).toEqual([
      { type: 'image_generation_call', id: 'ig_1' },
    ])
  })
})

describe('reasoning', () => {
  const thought: Message = {
    role: 'assistant',
    content: [{ type: 'reasoning', text: 'Hm.', ...own({ type: 'reasoning', id: 'rs_1', summary: [] }) }],
  }

  test('that only the service has is left out, unless it keeps its answers', () => {
    expect(bodyOf({ messages: [thought] }).input).toEqual([])
    expect(bodyOf({ messages: [thought], extra: { store: true } }).input).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [] },
    ])
  })

  test('comes back encrypted from models that reason only', () => {
    expect(bodyOf({}, 'gpt-6-luna')).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(bodyOf({}, 'gpt-4.1').include).toBeUndefined()
  })
})

describe('results go back in the shape of their call', () => {
  const answered = (call: object, output: unknown, isError = false) =>
    (
      bodyOf({
        messages: [
          { role: 'assistant', content: [{ type: 'tool-call', id: 'call_1', name: 'x', input: '', ...own(call) }] },
          {
            role: 'tool',
            content: [{ type: 'tool-result', id: 'call_1', name: 'x', output: output as never, isError }],
          },
        ],
      }).input as object[]
    ).at(-1)

  test.each([
    [
      { type: 'function_call', id: 'fc_1' },
      { a: 1 },
      { type: 'function_call_output', call_id: 'call_1', output: '{"a":1}' },
    ],
    [{ type: 'custom_tool_call' }, 'ok', { type: 'custom_tool_call_output', call_id: 'call_1', output: 'ok' }],
    [
      { type: 'computer_call' },
      { type: 'computer_screenshot' },
      { type: 'computer_call_output', call_id: 'call_1', output: { type: 'computer_screenshot' } },
    ],
    [
      { type: 'mcp_approval_request' },
      { approve: true },
      { type: 'mcp_approval_response', approval_request_id: 'call_1', approve: true },
    ],
    [
      { type: 'mcp_approval_request' },
      { approve: false },
      { type: 'mcp_approval_response', approval_request_id: 'call_1', approve: false },
    ],
  ])('%o', (call, output, expected) => {
    expect(answered(call, output)).toEqual(expected)
  })

  test('a denied approval is a no', () => {
    expect(answered({ type: 'mcp_approval_request' }, 'The call was denied by the user.', true)).toMatchObject({
      approve: false,
    })
  })
})

test('a tool of the service can be demanded by its name, and shows its results', () => {
  const search = { ...providerTool('openai', { type: 'web_search' }), type: 'provider', name: 'search' } as const
  expect(bodyOf({ tools: [search], toolChoice: { tool: 'search' } })).toMatchObject({
    tools: [{ type: 'web_search' }],
    include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    tool_choice: { type: 'web_search' },
  })
})

test('ids that are too long for the service are made short, the same way in call and result', () => {
  const id = 'x'.repeat(80)
  const { input } = bodyOf({
    messages: [
      { role: 'assistant', content: [{ type: 'tool-call', id, name: 'f', input: '{}' }] },
      { role: 'tool', content: [{ type: 'tool-result', id, name: 'f', output: 'ok' }] },
    ],
  })
  const [call, result] = input as { call_id: string }[]
  expect(call?.call_id.length).toBeLessThanOrEqual(64)
  expect(call?.call_id).toBe(result?.call_id)
})
