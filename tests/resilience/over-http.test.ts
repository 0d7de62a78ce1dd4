import {
  type AnyModelError,
  generateText,
  memoryState,
  type TextModel,
  withBudget,
  withCache,
  withFallback,
  withLimit,
  withTimeout,
} from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { type ModelServer, modelServer } from '@anymodel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let server: ModelServer
beforeEach(async () => {
  server = await modelServer('Hello.')
})
afterEach(() => server.close())

const chat = () => openaiCompatible({ name: 'x', baseURL: `${server.url}/v1` }).text('m')
const messages = () => anthropic({ baseURL: `${server.url}/v1`, apiKey: 'test-key' }).text('m')
const ask = (model: TextModel) => generateText({ model, prompt: 'Hi.', maxTokens: 10 })
const failed = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.unreachable('it must fail'),
    (error: AnyModelError) => error,
  )
const sent = () => server.requests.length

describe('a limit', () => {
  it.each<[string, () => TextModel, Record<string, string>]>([
    [
      'x-ratelimit headers',
      chat,
      {
        'x-ratelimit-limit-requests': '2',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '2m0s',
      },
    ],
    [
      'anthropic-ratelimit headers',
      messages,
      {
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': new Date(Date.now() + 60_000).toISOString(),
      },
    ],
  ])('learns from the %s of a whole answer: the next request is not sent in vain', async (_, model, headers) => {
    server.reply({ answer: 'Hello.', headers })
    const limited = withLimit(model(), { concurrency: 8, queue: { timeout: 1_000 } })
    await ask(limited)
    const error = await failed(ask(limited))
    expect(error).toMatchObject({ code: 'rate-limit', providerCode: 'limit-reached' })
    expect(error.retryAfter).toBeGreaterThan(20_000)
    expect(sent()).toBe(1)
  })

  it('waits as long as a 429 asks', async () => {
    server.reply({ status: 429, body: { error: { message: 'Slow down.' } }, headers: { 'retry-after': '1' } })
    const limited = withLimit(chat(), { concurrency: 8 })
    expect((await failed(ask(limited))).code).toBe('rate-limit')
    server.reply('Hello.')
    await ask(limited)
    const [first, second] = server.requests
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(950)
  })

  it('waiting for a turn is not the model’s time', async () => {
    server.reply({ answer: 'Hello.', delivery: 'stream', stall: { before: 0, ms: 700 } })
    // The last one waits for 2.8 s.
    const limited = withLimit(withTimeout(chat(), { firstContent: 2_200 }), { concurrency: 1 })
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(limited)))
    expect(answers).toHaveLength(5)
  })
})

describe('a budget', () => {
  it('counts what the service reports, and no request is sent beyond it', async () => {
    const usage = { input: 30, output: 10 }
    server.reply({
      answer: [
        { type: 'text', text: 'Hello.' },
        { type: 'finish', usage },
      ],
    })
    const options = { limit: { tokens: 120 }, per: 60_000, countTokens: () => 30, state: memoryState(), key: 'one' }
    const model = withFallback([withBudget(chat(), options), withBudget(messages(), options)])
    for (let calls = 0; calls < 3; calls++) await ask(model)
    expect(await failed(ask(model))).toMatchObject({ code: 'quota', providerCode: 'budget-exceeded' })
    expect(sent()).toBe(3)
  })

  it('a request that a service refuses costs nothing', async () => {
    const bounded = withBudget(chat(), { limit: { tokens: 40 }, per: 60_000, countTokens: () => 30 })
    server.reply({ status: 500, body: 'No.' })
    expect((await failed(ask(bounded))).code).toBe('server')
    server.reply('Hello.')
    await ask(bounded)
  })
})

it('a cache asks once over HTTP, and the request is dropped when its last reader aborts', async () => {
  const model = withCache(chat())
  expect(new Set((await Promise.all([ask(model), ask(model), ask(model)])).map(({ text }) => text))).toEqual(
    new Set(['Hello.']),
  )
  expect(sent()).toBe(1)
  server.reply({ answer: 'Never.', silentAfter: 'request' })
  const controllers = [new AbortController(), new AbortController()]
  const calls = controllers.map(({ signal }) => failed(generateText({ model, prompt: 'Another.', signal })))
  while (sent() < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  controllers[0]?.abort(new Error('one'))
  await calls[0]
  let outcome = 'open'
  void server.requests[1]?.outcome.then((ended) => {
    outcome = ended
  })
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(outcome).toBe('open')
  controllers[1]?.abort(new Error('two'))
  await calls[1]
  expect(await server.requests[1]?.outcome).toBe('dropped')
})
