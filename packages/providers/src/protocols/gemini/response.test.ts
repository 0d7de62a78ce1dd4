import { isAnyModelError, type JsonObject, type Part } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import { Reported } from '../../reported.ts'
import { wireError } from '../../wire-error.ts'
import { GeminiDecoder } from './response.ts'

const context = { provider: 'google', model: 'gemini-x', headers: {} }

function decode(...chunks: object[]): Part[] {
  const out: Part[] = []
  const decoder = new GeminiDecoder({ ...context, out })
  for (const chunk of chunks) decoder.event(chunk as JsonObject)
  decoder.end(false)
  return out
}

function whole(body: unknown): Part[] {
  const out: Part[] = []
  const decoder = new GeminiDecoder({ ...context, out })
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

const chunk = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  responseId: 'r1',
})
const last = (parts: object[] = [], more: object = {}) => chunk(parts, { finishReason: 'STOP', ...more })
const opaque = (data: object) => ({ opaque: { provider: 'google', data } })
const finishOf = (parts: readonly Part[]) => parts.find((part) => part.type === 'finish')
const sourcesOf = (parts: readonly Part[]) => parts.filter((part) => part.type === 'source')

describe('signatures', () => {
  test('stay on their own part, also on an empty one', () => {
    const parts = decode(
      chunk([{ text: 'Hm.', thought: true }]),
      chunk([{ text: 'Hello' }]),
      chunk([{ text: ' there.' }]),
      last([{ text: '', thoughtSignature: 'sig' }]),
    )
    expect(parts.slice(0, -1)).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Hello' },
      { type: 'text', text: ' there.' },
      { type: 'text', text: '', ...opaque({}) },
      { type: 'text', text: '', ...opaque({ thoughtSignature: 'sig' }) },
    ])
  })

  test('of a batch of calls stay on the call that has one', () => {
    const calls = [
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' },
      { functionCall: { name: 'f', args: {} } },
    ]
    expect(decode(last(calls)).slice(0, -1)).toEqual([
      { type: 'tool-call', id: 'r1-0', name: 'f', input: '{"a":1}', ...opaque({ thoughtSignature: 'sig' }) },
      { type: 'tool-call', id: 'r1-1', name: 'f', input: '{}' },
    ])
  })

  test('of images come with the image; drafts of images are no part of the answer', () => {
    const image = { mimeType: 'image/png', data: Buffer.from('png').toString('base64') }
    const parts = decode(
      last([
        { inlineData: image, thought: true },
        { inlineData: image, thoughtSignature: 'sig' },
      ]),
    )
    expect(parts.slice(0, -1)).toEqual([
      { type: 'file', mediaType: 'image/png', data: Buffer.from('png'), ...opaque({ thoughtSignature: 'sig' }) },
    ])
  })
})

describe('calls', () => {
  test('finish with STOP and mean that tools are wanted', () => {
    expect(finishOf(decode(last([{ functionCall: { name: 'f' } }])))?.reason).toBe('tool-calls')
  })

  test('keep an id that the service gave', () => {
    const [call] = decode(last([{ functionCall: { id: 'c9', name: 'f', args: {} } }]))
    expect(call).toEqual({ type: 'tool-call', id: 'c9', name: 'f', input: '{}', ...opaque({ id: 'c9' }) })
  })

  test('whose arguments come in pieces are put together', () => {
    const piece = (jsonPath: string, value: object) => ({ jsonPath, ...value })
    const call = (functionCall: object, more: object = {}) => chunk([{ functionCall, ...more }])
    const parts = decode(
      call({ name: 'f', willContinue: true }, { thoughtSignature: 'sig' }),
      call({ partialArgs: [piece('$.city', { stringValue: 'Os', willContinue: true })], willContinue: true }),
      call({ partialArgs: [piece('$.city', { stringValue: 'lo' })], willContinue: true }),
      call({
        partialArgs: [
          piece('$.days[0].n', { numberValue: 1 }),
          piece('$.days[1]["the n"]', { boolValue: false }),
          piece('$.note', { nullValue: 'NULL_VALUE' }),
          piece('$.__proto__.polluted', { boolValue: true }),
        ],
        willContinue: true,
      }),
      call({}),
      last([{ functionCall: { name: 'g', partialArgs: [piece('$.n', { numberValue: 2 })] } }]),
    )
    const calls = parts.filter((part) => part.type === 'tool-call')
    expect(calls.map(({ name, input }) => [name, JSON.parse(input)])).toEqual([
      ['f', { city: 'Oslo', days: [{ n: 1 }, { 'the n': false }], note: null }],
      ['g', { n: 2 }],
    ])
    expect(calls[0]?.opaque?.data).toEqual({ thoughtSignature: 'sig' })
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('that the service answered itself are its own', () => {
    const call = { functionCall: { name: 'mcp_f', args: { a: 1 } }, thoughtSignature: 'sig' }
    const parts = decode(
      chunk([call]),
      last([{ functionResponse: { name: 'mcp_f', response: { r: 2 } } }, { text: 'Two.' }]),
    )
    expect(parts.slice(0, -1)).toEqual([
      { type: 'tool-call', id: 'r1-0', name: 'mcp_f', input: '{"a":1}', byProvider: true, ...opaque({ part: call }) },
      {
        ...{ type: 'tool-result', id: 'r1-0', name: 'mcp_f', output: { r: 2 }, byProvider: true },
        ...opaque({ part: { functionResponse: { name: 'mcp_f' } } }),
      },
      { type: 'text', text: 'Two.' },
    ])
    expect(finishOf(parts)?.reason).toBe('stop')
  })
})

test('code that the service ran is a call with its result, failed or not', () => {
  const code = { executableCode: { language: 'PYTHON', code: '1/0' }, thoughtSignature: 'sig' }
  const result = { codeExecutionResult: { outcome: 'OUTCOME_FAILED', output: 'ZeroDivisionError' } }
  expect(decode(last([code, result])).slice(0, -1)).toEqual([
    {
      ...{ type: 'tool-call', id: 'r1-0', name: 'code_execution', input: '{"language":"PYTHON","code":"1/0"}' },
      ...{ byProvider: true, ...opaque({ part: code }) },
    },
    {
      ...{ type: 'tool-result', id: 'r1-0', name: 'code_execution', output: result.codeExecutionResult },
      ...{ byProvider: true, isError: true, ...opaque({ part: result }) },
    },
  ])
})

describe('sources', () => {
  const groundingMetadata = {
    groundingChunks: [
      { web: { uri: 'https://a.example', title: 'A' } },
      { retrievedContext: { title: 'B', text: 'passage' } },
      { web: { uri: 'https://c.example' } },
    ],
    groundingSupports: [{ segment: { startIndex: 8, endIndex: 14 }, groundingChunkIndices: [0, 1] }],
  }

  test('have ranges in characters, which the service counts in bytes', () => {
    const parts = decode(chunk([{ text: 'Zür' }]), last([{ text: 'ich: gröss' }], { groundingMetadata }))
    expect(sourcesOf(parts)).toEqual([
      { type: 'source', url: 'https://a.example', title: 'A', start: 7, end: 12 },
      { type: 'source', title: 'B', quote: 'passage', start: 7, end: 12 },
      { type: 'source', url: 'https://c.example' },
    ])
    expect('Zürich: gröss'.slice(7, 12)).toBe(' grös')
    expect(finishOf(parts)?.response.details?.groundingMetadata).toEqual(groundingMetadata)
  })

  test('have none where the answer is more than one text', () => {
    const ran = { executableCode: { language: 'PYTHON', code: '1' } }
    const parts = decode(chunk([{ text: 'One' }, ran, { text: 'two' }]), last([], { groundingMetadata }))
    expect(sourcesOf(parts)[0]).toEqual({ type: 'source', url: 'https://a.example', title: 'A' })
  })

  test('citations of texts that the model knows by heart are sources, too', () => {
    const citationMetadata = { citationSources: [{ startIndex: 0, endIndex: 2, uri: 'https://a.example' }] }
    expect(sourcesOf(decode(last([{ text: 'To be' }], { citationMetadata })))).toEqual([
      { type: 'source', url: 'https://a.example', start: 0, end: 2 },
    ])
  })
})

describe('usage', () => {
  test('counts thoughts as output and tool results as input', () => {
    const usageMetadata = {
      promptTokenCount: '100',
      toolUsePromptTokenCount: 20,
      cachedContentTokenCount: 40,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      totalTokenCount: 132,
    }
    const usage = finishOf(decode({ ...chunk([]), usageMetadata }, last()))?.usage
    expect(usage).toMatchObject({ input: 120, output: 12, total: 132, cacheRead: 40, reasoning: 7 })
  })

  test('of an answer that thinking ate up is its thoughts', () => {
    const parts = whole({
      candidates: [{ finishReason: 'MAX_TOKENS' }],
      usageMetadata: { promptTokenCount: 3, thoughtsTokenCount: 9, totalTokenCount: 12 },
    })
    expect(finishOf(parts)).toMatchObject({ reason: 'length', usage: { input: 3, output: 9, reasoning: 9 } })
  })
})

test.each([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['MALFORMED_FUNCTION_CALL', 'other'],
  ['NO_IMAGE', 'other'],
  [1, 'stop'],
])('the finish reason %s is %s', (finishReason, reason) => {
  expect(finishOf(decode(last([], { finishReason })))).toMatchObject({
    reason,
    response: { rawReason: String(finishReason) },
  })
})

test('log probabilities are told per position', () => {
  const logprobsResult = {
    chosenCandidates: [{ token: 'a', logProbability: -1 }],
    topCandidates: [{ candidates: [{ token: 'b', logProbability: -2 }] }],
  }
  expect(finishOf(decode(last([{ text: 'a' }], { logprobsResult })))?.response.details?.logprobs).toEqual([
    { token: 'a', logProbability: -1, topCandidates: [{ token: 'b', logProbability: -2 }] },
  ])
})

describe('what is no answer', () => {
  test('a blocked prompt is an error with the reason', () => {
    const promptFeedback = { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: 'Not this.' }
    for (const read of [decode, whole]) {
      const error = failure(() => read({ promptFeedback }))
      expect([error.code, error.providerCode, error.retryable]).toEqual(['content-filter', 'PROHIBITED_CONTENT', false])
      expect(error.message).toContain('Not this.')
    }
  })

  test('an error inside a stream is typed', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
    expect(failure(() => decode(chunk([{ text: 'Hi' }]), error))).toMatchObject({ code: 'server', retryable: true })
  })

  test('a stream without a finish reason is truncated', () => {
    expect(failure(() => decode(chunk([{ text: 'Hi' }]))).code).toBe('truncated')
  })
})

describe('a stream that comes as one JSON array', () => {
  test('is read like any other', () => {
    const parts = whole([chunk([{ text: 'Hel' }]), last([{ text: 'lo' }])])
    expect(parts.map((part) => (part.type === 'text' ? part.text : part.type))).toEqual(['Hel', 'lo', 'finish'])
  })

  test('is truncated when no chunk has a finish reason', () => {
    expect(failure(() => whole([chunk([{ text: 'Hel' }])])).code).toBe('truncated')
  })

  test('may hold nothing but an error', () => {
    const body = [{ error: { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED' } }]
    expect(failure(() => whole(body))).toMatchObject({ code: 'rate-limit' })
  })
})

test('parts and candidates that nobody asked for are passed over', () => {
  const parts = decode({
    candidates: [
      { index: 0, content: { parts: [{ hologram: {} }, { text: 'One' }] }, finishReason: 'STOP' },
      { index: 1, content: { parts: [{ text: 'Two' }] }, finishReason: 'STOP' },
    ],
  })
  expect(parts.map((part) => (part.type === 'text' ? part.text : part.type))).toEqual(['One', 'finish'])
})
