import type { Message, TextCall } from '@anymodel/core'
import { expect, test } from 'vitest'
import { type ChatDialect, compatibleDialect } from './dialect.ts'
import { toRequest } from './request.ts'

const request = (call: Partial<TextCall>, dialect: Partial<ChatDialect> = {}) =>
  toRequest({ messages: [], ...call }, { provider: 'p', model: 'm' }, { ...compatibleDialect, ...dialect })

const messagesOf = (messages: readonly Message[], dialect: Partial<ChatDialect> = {}) =>
  request({ messages }, dialect).body.messages as Record<string, unknown>[]

const own = (data: unknown) => ({ opaque: { provider: 'p', data: data as never } })
const thought = (data: unknown): Message => ({
  role: 'assistant',
  content: [
    { type: 'reasoning', text: 'Hm.', ...own(data) },
    { type: 'reasoning', text: 'From elsewhere.', opaque: { provider: 'q', data: [] } },
    { type: 'text', text: 'Yes.' },
  ],
})

test.each([
  ['none', { content: 'Yes.' }],
  ['reasoning_content', { content: 'Yes.', reasoning_content: 'Hm.' }],
  ['reasoning_details', { content: 'Yes.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }],
  [
    'thinking',
    {
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }], closed: true },
        { type: 'text', text: 'Yes.' },
      ],
    },
  ],
] as const)('reasoning goes back as %s, and only to who wrote it', (replay, expected) => {
  const [message] = messagesOf([thought([{ type: 'reasoning.text', text: 'Hm.' }])], { replay })
  expect(JSON.parse(JSON.stringify(message))).toEqual({ role: 'assistant', ...expected })
})

test("what stands next to a tool call goes back; an item of the same provider's other format does not", () => {
  const call = (data: unknown): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id: 'call_1', name: 'f', input: '{}', ...own(data) }],
  })
  const plain = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const signed = { extra_content: { google: { thought_signature: 'sig' } } }
  expect(messagesOf([call(signed)])[0]?.tool_calls).toEqual([{ ...plain, ...signed }])
  expect(messagesOf([call({ type: 'function_call', id: 'fc_1' })])[0]?.tool_calls).toEqual([plain])
})

test('files that the model does not read leave a note in the conversation and a warning', () => {
  const image = { type: 'file', mediaType: 'image/png', data: 'AAAA' } as const
  const { body, warnings } = request({ messages: [{ role: 'assistant', content: [image] }] }, { files: [] })
  expect(body.messages).toMatchObject([
    { role: 'user', content: [{ type: 'text', text: '(image/png file, left out)' }] },
    { role: 'assistant' },
  ])
  expect(warnings).toMatchObject([{ option: 'messages' }])
})

test('a budget of reasoning tokens is passed on where the service counts them, else warned of', () => {
  const call = { reasoning: { budget: 500 } }
  const counted = request(call, { knobs: { reasoning: 'reasoning' } })
  expect([counted.body.reasoning, counted.warnings]).toEqual([{ max_tokens: 500 }, []])
  expect(request(call).warnings).toMatchObject([{ option: 'reasoning.budget' }])
})
