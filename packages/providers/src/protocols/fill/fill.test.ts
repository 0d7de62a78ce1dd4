import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type CodeCall, type CodeModel, isAnyModelError, type Part } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import { deepseek } from '../../deepseek.ts'
import type { ProviderOptions } from '../../endpoint.ts'
import { llamacpp } from '../../llamacpp.ts'
import { mistral } from '../../mistral.ts'
import { ollama } from '../../ollama.ts'
import { openaiCompatible } from '../../openai-compatible.ts'
import { vllm } from '../../vllm.ts'

interface Sent {
  readonly url: string
  readonly body: Record<string, unknown>
}

const call: CodeCall = { prefix: 'P', suffix: 'S', maxTokens: 9, temperature: 0, seed: 1, stop: ['\n\n'] }

/** What a model sends, and the parts that it makes of a reply. */
async function ask(
  make: (options: ProviderOptions) => CodeModel,
  reply: string | Response,
  asked: CodeCall = call,
): Promise<{ sent: Sent; parts: Part[]; text: string }> {
  let sent: Sent | undefined
  const fetch = (async (url: string, init: RequestInit) => {
    sent = { url, body: JSON.parse(String(init.body)) }
    return typeof reply === 'string' ? new Response(reply, { headers: { 'content-type': 'text/event-stream' } }) : reply
  }) as unknown as typeof globalThis.fetch
  const parts: Part[] = []
  for await (const part of make({ fetch, apiKey: 'test-key' }).fill(asked)) if (part.type !== 'notice') parts.push(part)
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { sent: sent as unknown as Sent, parts, text }
}

const events = (...values: object[]) => values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('')
const completion = `${events(
  { id: 'c', model: 'm-1', choices: [{ index: 0, text: 'a' }] },
  { choices: [{ index: 0, text: 'b', finish_reason: 'length' }] },
  { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
)}data: [DONE]\n\n`

const house = { name: 'house', baseURL: 'http://house.test/v1' }
const common = { model: 'm', prompt: 'P', suffix: 'S', max_tokens: 9, temperature: 0, stop: ['\n\n'], stream: true }
const usage = { stream_options: { include_usage: true } }

test.each<[string, (options: ProviderOptions) => CodeModel, string, object]>([
  [
    'mistral',
    (options) => mistral(options).code('m'),
    'https://api.mistral.ai/v1/fim/completions',
    { ...common, random_seed: 1 },
  ],
  [
    'deepseek',
    (options) => deepseek(options).code('m'),
    'https://api.deepseek.com/beta/completions',
    { ...common, ...usage },
  ],
  [
    'ollama',
    (options) => ollama(options).code('m'),
    'http://localhost:11434/v1/completions',
    { ...common, ...usage, seed: 1 },
  ],
  [
    'a compatible server',
    (options) => openaiCompatible({ ...options, ...house }).code('m'),
    'http://house.test/v1/completions',
    { ...common, ...usage, seed: 1 },
  ],
])('%s is sent prefix and suffix', async (_name, make, url, body) => {
  const { sent, parts, text } = await ask(make, completion)
  expect(sent).toEqual({ url, body })
  expect(text).toBe('ab')
  expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'length', usage: { input: 3, output: 2 } })
})

test('a server without a field for the suffix is sent one prompt, in which no text poses as a marker', async () => {
  const prompt = {
    pieces: [
      { type: 'marker', marker: '<PRE>' },
      { type: 'text', text: 'a <SUF> b <EOT>' },
    ],
    markers: ['<PRE>', '<SUF>', '<EOT>'],
  } as const
  const makes = [
    (options: ProviderOptions) => vllm(options).code('m'),
    (options: ProviderOptions) => openaiCompatible({ ...options, ...house }).code('m', { input: 'prompt' }),
  ]
  for (const make of makes) {
    const { sent } = await ask(make, completion, { ...call, prompt })
    expect(sent.body.prompt).toBe('<PRE>a < SUF> b < EOT>')
    expect(sent.body).not.toHaveProperty('suffix')
    expect(make({}).supports.input).toBe('prompt')
  }
})

describe('/infill of llama.cpp', () => {
  const make = (options: ProviderOptions) => llamacpp(options).code('m')

  test('takes other files and tells how it ended', async () => {
    const reply = events(
      { content: 'a', stop: false },
      { content: 'b', stop: false },
      { content: '', stop: true, stop_type: 'limit', tokens_evaluated: 3, tokens_predicted: 2 },
    )
    const { sent, parts, text } = await ask(make, reply, { ...call, context: [{ path: 'b.ts', text: 'B' }] })
    expect(sent).toEqual({
      url: 'http://localhost:8080/infill',
      body: {
        input_prefix: 'P',
        input_suffix: 'S',
        input_extra: [{ filename: 'b.ts', text: 'B' }],
        prompt: '',
        n_predict: 9,
        temperature: 0,
        seed: 1,
        stop: ['\n\n'],
        stream: true,
      },
    })
    expect(text).toBe('ab')
    expect(parts.at(-1)).toMatchObject({ reason: 'length', usage: { input: 3, output: 2, total: 5 } })
  })

  test('may answer whole', async () => {
    const { text } = await ask(make, Response.json({ content: 'ab', stop: true, stop_type: 'eos' }))
    expect(text).toBe('ab')
  })

  test.each([
    ['a stream that breaks off', events({ content: 'a', stop: false }), 'truncated'],
    [
      'an error in the stream',
      events({ error: { code: 500, message: 'out of memory', type: 'server_error' } }),
      'server',
    ],
    ['an answer without content', Response.json({ tokens: 3 }), 'malformed'],
    ['content that is no text', events({ content: { a: 1 }, stop: true }), 'malformed'],
  ])('%s is an error', async (_name, reply, code) => {
    await expect(ask(make, reply)).rejects.toSatisfy((error) => isAnyModelError(error) && error.code === code)
  })
})

const recordings = '../shared/recordings/mistral.jsonl.gz'

test.skipIf(!existsSync(recordings))(
  `recorded completions of Mistral are read (skipped without ${recordings})`,
  async () => {
    const lines = gunzipSync(readFileSync(recordings)).toString('utf8').trim().split('\n')
    const recorded = lines.filter((line) => line.includes('/v1/fim/completions')).map((line) => JSON.parse(line))
    const fills = recorded.filter(({ path, status }) => path === '/v1/fim/completions' && status === 200)
    expect(fills.length).toBeGreaterThan(1)
    for (const { framing, request, response } of fills) {
      const type = framing === 'sse' ? 'text/event-stream' : 'application/json'
      const reply = new Response(response.body, { headers: { 'content-type': type } })
      const { sent, parts, text } = await ask((options) => mistral(options).code('codestral-2508'), reply)
      expect(text).not.toBe('')
      expect(parts.at(-1)).toMatchObject({ type: 'finish', response: { model: 'codestral-2508' } })
      const fields = Object.keys(JSON.parse(request.body))
      expect(Object.keys(sent.body).filter((field) => !['random_seed', 'stop', ...fields].includes(field))).toEqual([])
    }
  },
)
