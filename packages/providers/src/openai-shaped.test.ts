import { generateText, isAnyModelError, type TextModel } from '@anymodel/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { deepseek } from './deepseek.ts'
import type { ProviderOptions } from './endpoint.ts'
import { groq } from './groq.ts'
import { llamacpp } from './llamacpp.ts'
import { lmstudio } from './lmstudio.ts'
import { mistral } from './mistral.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openrouter } from './openrouter.ts'
import { together } from './together.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'

afterEach(() => vi.unstubAllEnvs())

interface Request {
  readonly url: string
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** The request that a model sends. */
async function requestOf(make: (options: ProviderOptions) => TextModel, more: object = {}): Promise<Request> {
  let seen: Request | undefined
  const fetch = (async (url: string, init: RequestInit) => {
    seen = { url, headers: new Headers(init.headers), body: JSON.parse(String(init.body)) }
    return new Response('{}', { status: 500 })
  }) as unknown as typeof globalThis.fetch
  await generateText({ ...more, model: make({ fetch }), prompt: 'Hi.' }).catch((error: unknown) => {
    if (!seen) throw error
  })
  return seen as Request
}

const hosted: readonly [string, (options: ProviderOptions) => TextModel, string][] = [
  ['OPENAI_API_KEY', (options) => openai(options).text('m'), 'https://api.openai.com/v1/responses'],
  ['OPENAI_API_KEY', (options) => openai(options).chat('m'), 'https://api.openai.com/v1/chat/completions'],
  ['GROQ_API_KEY', (options) => groq(options).text('m'), 'https://api.groq.com/openai/v1/chat/completions'],
  ['MISTRAL_API_KEY', (options) => mistral(options).text('m'), 'https://api.mistral.ai/v1/chat/completions'],
  ['DEEPSEEK_API_KEY', (options) => deepseek(options).text('m'), 'https://api.deepseek.com/chat/completions'],
  ['TOGETHER_API_KEY', (options) => together(options).text('m'), 'https://api.together.xyz/v1/chat/completions'],
  ['OPENROUTER_API_KEY', (options) => openrouter(options).text('m'), 'https://openrouter.ai/api/v1/chat/completions'],
  ['XAI_API_KEY', (options) => xai(options).text('m'), 'https://api.x.ai/v1/responses'],
  ['XAI_API_KEY', (options) => xai(options).chat('m'), 'https://api.x.ai/v1/chat/completions'],
]

describe.each(hosted)('with %s in the environment', (variable, make, url) => {
  test(`a request goes to ${url}`, async () => {
    vi.stubEnv(variable, 'secret-key')
    const request = await requestOf(make)
    expect([request.url, request.headers.get('authorization')]).toEqual([url, 'Bearer secret-key'])
  })

  test(`${url} is not asked without the key`, async () => {
    vi.stubEnv(variable, '')
    await expect(requestOf(make)).rejects.toSatisfy(
      (error) => isAnyModelError(error) && error.code === 'auth' && error.message.includes(variable),
    )
  })
})

const local: readonly [string, (options: ProviderOptions) => TextModel, string, string?][] = [
  ['llamacpp', (options) => llamacpp(options).text('m'), 'http://localhost:8080/v1/chat/completions', 'repeat_penalty'],
  ['lmstudio', (options) => lmstudio(options).text('m'), 'http://localhost:1234/v1/chat/completions', 'repeat_penalty'],
  ['vllm', (options) => vllm(options).text('m'), 'http://localhost:8000/v1/chat/completions', 'repetition_penalty'],
]

test.each(local)('%s needs no key and takes its own options', async (_name, make, url, penalty) => {
  const request = await requestOf(make, { repetitionPenalty: 1.2, temperature: 0.5 })
  expect(request.url).toBe(url)
  expect(request.headers.has('authorization')).toBe(false)
  expect(request.body.temperature).toBe(0.5)
  expect(penalty === undefined ? request.body.repetition_penalty : request.body[penalty]).toBe(penalty && 1.2)
})

test('OpenAI is told whom to bill', async () => {
  const make = (options: ProviderOptions) =>
    openai({ ...options, apiKey: 'k', organization: 'org-1', project: 'proj-1' }).text('m')
  const { headers } = await requestOf(make)
  expect([headers.get('openai-organization'), headers.get('openai-project')]).toEqual(['org-1', 'proj-1'])
})

test('any compatible server is a name, a base URL and its differences', async () => {
  vi.stubEnv('HOUSE_BASE_URL', 'http://elsewhere.invalid')
  vi.stubEnv('HOUSE_KEY', 'house-key')
  const server = {
    name: 'house',
    baseURL: 'http://gpu1:8000/v1/',
    env: 'HOUSE_KEY',
    maxTokens: 'max_completion_tokens',
  } as const
  const request = await requestOf((options) => openaiCompatible({ ...options, ...server }).text('m'), { maxTokens: 9 })
  expect([request.url, request.headers.get('authorization')]).toEqual([
    'http://gpu1:8000/v1/chat/completions',
    'Bearer house-key',
  ])
  expect(request.body.max_completion_tokens).toBe(9)
})
