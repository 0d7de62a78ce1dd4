import type { JsonObject, Part } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import type { Reported } from '../../reported.ts'
import { wireError } from '../../wire-error.ts'
import { ChatDecoder, errorCodes } from './response.ts'

function decode(...chunks: object[]): Part[] {
  const out: Part[] = []
  const decoder = new ChatDecoder({ provider: 'p', model: 'm', headers: {}, out })
  for (const chunk of chunks) decoder.event(chunk as JsonObject, undefined)
  decoder.end(true)
  return out
}

const delta = (message: object, more: object = {}) => ({ id: 'c1', choices: [{ index: 0, delta: message, ...more }] })
const stop = delta({}, { finish_reason: 'stop' })
const callsOf = (parts: Part[]) =>
  parts.flatMap((part) => (part.type === 'tool-call' ? [`${part.id}:${part.name}:${part.input}`] : []))

describe('tool calls', () => {
  const fragment = (index: number | undefined, id: string | undefined, name: string | undefined, input: string) =>
    delta({ tool_calls: [{ index, id, function: { name, arguments: input } }] })

  test('belong together by index when only the first fragment has an id', () => {
    const parts = decode(
      fragment(0, 'a', 'f', ''),
      fragment(1, 'b', 'g', ''),
      fragment(0, undefined, undefined, '{"x"'),
      fragment(1, undefined, undefined, '{}'),
      fragment(0, undefined, undefined, ':1}'),
      stop,
    )
    expect(callsOf(parts)).toEqual(['a:f:', 'b:g:', 'a:f:{"x"', 'b:g:{}', 'a:f::1}'])
    expect(parts.at(-1)).toMatchObject({ reason: 'tool-calls' })
  })

  test('are several although a server numbers them all 0 or not at all', () => {
    expect(callsOf(decode(fragment(0, 'a', 'f', '{}'), fragment(0, 'b', 'f', '{}'), stop))).toEqual([
      'a:f:{}',
      'b:f:{}',
    ])
    expect(callsOf(decode(fragment(undefined, 'a', 'f', '{}'), fragment(undefined, 'b', 'f', '{}'), stop))).toEqual([
      'a:f:{}',
      'b:f:{}',
    ])
  })

  test('in the old form get an id', () => {
    const parts = decode(
      delta({ function_call: { name: 'f', arguments: '{}' } }),
      delta({}, { finish_reason: 'function_call' }),
    )
    expect(callsOf(parts)).toEqual(['c1-0:f:{}'])
    expect(parts.at(-1)).toMatchObject({ reason: 'tool-calls', response: { rawReason: 'function_call' } })
  })
})

test('fragments of a reasoning detail become one detail again', () => {
  const detail = (text: string, more: object = {}) =>
    delta({ reasoning: text, reasoning_details: [{ type: 'reasoning.text', index: 0, text, ...more }] })
  const parts = decode(
    detail('Hm'),
    detail('.'),
    delta({ reasoning_details: [{ type: 'reasoning.text', index: 0, signature: 'sig' }] }),
    delta({ reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'x' }] }),
    delta({ content: 'Yes.' }),
    stop,
  )
  expect(parts.find((part) => part.type === 'reasoning' && part.opaque)).toMatchObject({
    opaque: {
      data: [
        { type: 'reasoning.text', index: 0, text: 'Hm.', signature: 'sig' },
        { type: 'reasoning.encrypted', index: 1, data: 'x' },
      ],
    },
  })
})

test('details without a plain text show as reasoning', () => {
  const parts = decode(delta({ reasoning_details: [{ type: 'reasoning.summary', index: 0, summary: 'Hm.' }] }), stop)
  expect(parts[0]).toEqual({ type: 'reasoning', text: 'Hm.' })
})

test('sound that comes in pieces between the words is one file at the end', () => {
  const sound = (data: string) => Buffer.from(data).toString('base64')
  const parts = decode(
    delta({ audio: { id: 'au_1', transcript: 'Hel' } }),
    delta({ audio: { data: sound('one') } }),
    delta({ audio: { transcript: 'lo' } }),
    delta({ audio: { data: sound('two') } }),
    stop,
  )
  expect(parts.map(({ type }) => type)).toEqual(['text', 'text', 'file', 'finish'])
  expect(parts[2]).toMatchObject({ mediaType: 'audio/pcm', data: Buffer.from('onetwo') })
})

test('pictures come as files: beside the text, in a stream, and as parts of the content', () => {
  const url = `data:image/webp;base64,${Buffer.from('pixels').toString('base64')}`
  const image = { type: 'image_url', image_url: { url } }
  const file = { type: 'file', mediaType: 'image/webp', data: Buffer.from('pixels') }
  expect(decode(delta({ content: 'Here.' }), delta({ images: [image, image] }), stop)).toMatchObject([
    { type: 'text', text: 'Here.' },
    file,
    file,
    { type: 'finish' },
  ])
  expect(decode(delta({ content: [{ type: 'text', text: 'Here.' }, image] }), stop)[1]).toEqual(file)
})

test('a picture that is a link is told of, since it is not fetched', () => {
  const url = 'https://pictures.example/1.png'
  const [notice] = decode(delta({ images: [{ image_url: { url } }] }), stop)
  expect(notice).toMatchObject({ type: 'notice', kind: 'warning', warning: { option: 'files' } })
  expect(notice).toMatchObject({ message: expect.stringContaining(url) })
})

test('tools that the service ran show as calls with results', () => {
  const tool = { index: 0, type: 'search', arguments: '{"query":"q"}' }
  const parts = decode(
    delta({ executed_tools: [tool] }),
    delta({
      executed_tools: [
        { ...tool, output: 'found', search_results: { results: [{ url: 'https://a.example', title: 'A' }] } },
      ],
    }),
    stop,
  )
  expect(parts).toMatchObject([
    { type: 'tool-call', name: 'search', input: '{"query":"q"}', byProvider: true },
    { type: 'tool-result', name: 'search', output: 'found', byProvider: true },
    { type: 'source', url: 'https://a.example', title: 'A' },
    { type: 'finish', reason: 'stop' },
  ])
})

test('of several choices the first is the answer', () => {
  const other = { id: 'c1', choices: [{ index: 1, delta: { content: 'No' } }] }
  expect(decode(other, delta({ content: 'Yes' }), stop)[0]).toEqual({ type: 'text', text: 'Yes' })
})

test('a tool call that the model wrote wrong is worth another try', () => {
  const error = { message: 'Failed to call a function.', code: 'tool_use_failed', type: 'invalid_request_error' }
  expect(() => decode({ error })).toThrow(
    expect.toSatisfy((thrown) => {
      const error = wireError((thrown as Reported).wire, errorCodes)
      return error.code === 'malformed' && error.retryable
    }),
  )
})

test.each([
  [{ prompt_tokens_details: { cached_tokens: 3 } }],
  [{ prompt_cache_hit_tokens: 3 }],
  [{ cached_tokens: 3 }],
  [{ num_cached_tokens: 3 }],
])('cached tokens are found in %j', (details) => {
  const parts = decode(delta({ content: 'x' }), stop, { choices: [], usage: { prompt_tokens: 5, ...details } })
  expect(parts.at(-1)).toMatchObject({ usage: { input: 5, cacheRead: 3 } })
})
