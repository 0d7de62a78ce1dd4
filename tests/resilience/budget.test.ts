import {
  AnyModelError,
  type BudgetOptions,
  generateText,
  memoryState,
  type State,
  streamText,
  type TextModel,
  withBudget,
  withFallback,
  withRetry,
} from '@anymodel/core'
import { type Answer, mockModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

const day = 86_400_000

/** An answer of 10 tokens to 10 tokens. */
const answer: Answer = [
  { type: 'text', text: 'Hello.' },
  { type: 'finish', usage: { input: 10, output: 10 } },
]

/** Calls as small as they are here are known to need at most 10 + 10 tokens. */
const ask = (model: TextModel, more: { readonly maxTokens?: number; readonly tags?: Record<string, string> } = {}) =>
  generateText({ model, prompt: 'Hi.', maxTokens: 10, ...more })

const failed = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.unreachable('it must fail'),
    (error: AnyModelError) => error,
  )

const inTokens = (model: TextModel, tokens: number, more: Partial<BudgetOptions> = {}) =>
  withBudget(model, { limit: { tokens }, per: day, countTokens: () => 10, ...more })

/** How much is left of a budget, by trying. */
async function left(state: State, limit: number): Promise<number> {
  for (let tokens = limit; tokens > 0; tokens--) {
    const taken = await state.take([{ key: 'budget:["mock/mock",""]', amount: tokens, limit, window: day }])
    if (!taken.granted) continue
    await state.settle(taken.holds.map((hold) => ({ hold, amount: 0 })))
    return tokens
  }
  return 0
}

describe('a budget', () => {
  it('is spent by what answers cost, and then nothing is sent', async () => {
    const model = mockModel(answer)
    const bounded = inTokens(model, 50)
    await ask(bounded)
    await ask(bounded)
    const error = await failed(ask(bounded))
    expect(error).toMatchObject({ code: 'quota', providerCode: 'budget-exceeded', phase: 'connect', retryable: false })
    expect(error.message).toContain('this call may take 20 tokens: there may be too little left. Nothing was sent.')
    expect(error.retryAfter).toBeGreaterThan(day - 10_000)
    expect(model.calls).toHaveLength(2)
  })

  it('is never overspent by calls that run at once', async () => {
    const model = mockModel(answer)
    const bounded = inTokens(model, 100)
    const calls = await Promise.allSettled(Array.from({ length: 30 }, () => ask(bounded)))
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(model.calls).toHaveLength(5)
  })

  it('counts dollars: plain input, cached input and output at their prices', async () => {
    const usage = { input: 1_000, cacheRead: 400, cacheWrite: 100, output: 200 }
    const model = mockModel([[{ type: 'finish', usage }]])
    const price = { input: 2, output: 10, cacheRead: 0.5, cacheWrite: 4 }
    // 500 x 2 + 400 x 0.5 + 100 x 4 + 200 x 10 millionths: 0.0036 dollars each.
    const options = { per: day, price, countTokens: () => 10, limit: { usd: 0.0109 } }
    const bounded = withBudget(model, options)
    for (let calls = 0; calls < 3; calls++) await ask(bounded)
    expect((await failed(ask(bounded))).message).toContain('is 0.0109 USD in 86400000 ms')
    expect(model.calls).toHaveLength(3)
  })

  it('needs to know the price', () => {
    const model = mockModel(answer, { provider: 'openai', id: 'gpt' })
    for (const price of [undefined, {}, { input: 1 }, { output: 1 }])
      expect(() => withBudget(model, { limit: { usd: 1 }, per: day, ...(price ? { price } : {}) })).toThrow(
        'the price of openai/gpt is not known',
      )
    expect(() => withBudget(model, { limit: { usd: 0 }, per: day })).toThrow('limit must be above 0')
    expect(() => withBudget(model, { limit: { tokens: 5 }, per: 0 })).toThrow('per must be milliseconds above 0')
  })

  it('is whole again when its window is over', async () => {
    let now = 0
    const bounded = inTokens(mockModel(answer), 20, { per: 60_000, state: memoryState({ now: () => now }) })
    await ask(bounded)
    now = 59_999
    await failed(ask(bounded))
    now = 61_001
    await ask(bounded)
  })

  it('is each tenant’s own where it goes by a tag', async () => {
    const bounded = inTokens(mockModel(answer), 20, { by: 'tenant' })
    await ask(bounded, { tags: { tenant: 'a' } })
    expect((await failed(ask(bounded, { tags: { tenant: 'a' } }))).code).toBe('quota')
    await ask(bounded, { tags: { tenant: 'b' } })
    await ask(bounded)
    await failed(ask(bounded))
  })

  it('is one for all models with its state and key', async () => {
    const one = { state: memoryState(), key: 'team-a' }
    await ask(inTokens(mockModel(answer), 20, one))
    await failed(ask(inTokens(mockModel(answer, { id: 'other' }), 20, one)))
  })

  it('is enough for a call that may cost more than all of it only when it is raised', async () => {
    const error = await failed(ask(inTokens(mockModel(answer), 19)))
    expect(error.message).toContain('that is more than all of it')
    expect(error.retryAfter).toBe(undefined)
  })
})

describe('what a request counts as', () => {
  const refusal = new AnyModelError('rate-limit', 'No.', { status: 429, phase: 'headers' })
  const unsent = new AnyModelError('network', 'No.', { phase: 'connect' })
  const broken = new AnyModelError('truncated', 'No.', { phase: 'post-content' })
  const counted = broken.with({ partial: { text: 'He', toolCalls: [], usage: { input: 10, output: 1 } } })

  it.each([
    ['nothing: the service refused it', refusal, 0],
    ['nothing: it was not sent', unsent, 0],
    ['what the service says of an answer that broke off', counted, 11],
    ['what was set aside for an answer that broke off', broken, 20],
    ['what was set aside, when the service does not say what it cost', [{ type: 'text', text: 'Hi.' }] as Answer, 20],
    ['what was set aside for what the service does not say', [{ type: 'finish', usage: { input: 3 } }] as Answer, 13],
    ['what it cost, also when that is more', [{ type: 'finish', usage: { input: 30, output: 12 } }] as Answer, 42],
  ])('%s', async (_, given, spent) => {
    const state = memoryState()
    await ask(inTokens(mockModel([given]), 100, { state })).catch(() => {})
    expect(await left(state, 100)).toBe(100 - spent)
  })

  it('what was set aside, when it is left in the middle', async () => {
    const state = memoryState()
    const model = inTokens(
      mockModel([
        { type: 'text', text: 'One' },
        { type: 'text', text: 'two' },
      ]),
      100,
      { state },
    )
    for await (const _ of streamText({ model, prompt: 'Hi.', maxTokens: 10 })) break
    expect(await left(state, 100)).toBe(80)
  })

  it('all attempts, where retries are inside', async () => {
    const state = memoryState()
    const failing = new AnyModelError('server', 'No.', {
      status: 500,
      phase: 'headers',
      retryAfter: 1,
      partial: { text: '', toolCalls: [], usage: { input: 10, output: 5 } },
    })
    await ask(inTokens(withRetry(mockModel([failing, answer])), 100, { state }))
    expect(await left(state, 100)).toBe(65)
  })
})

describe('beyond the budget', () => {
  it('another model answers, with a warning that says why', async () => {
    const small = mockModel('Small.', { id: 'small' })
    const bounded = inTokens(mockModel(answer), 20, { onExceed: small })
    expect((await ask(bounded)).warnings).toEqual([])
    const { text, warnings, response } = await ask(bounded)
    expect([text, response.model]).toEqual(['Small.', 'small'])
    expect(warnings).toEqual([{ option: 'budget', message: expect.stringContaining('mock/small answers instead.') }])
    await ask(bounded)
    expect(small.calls).toHaveLength(2)
  })

  it('the next model of a fallback answers, and a tenant’s budget is no other tenant’s failure', async () => {
    const [first, second] = [mockModel(answer), mockModel('Second.')]
    const model = withFallback([inTokens(first, 20, { by: 'tenant' }), second])
    const of = (tenant: string) => ask(model, { tags: { tenant } })
    expect([(await of('a')).text, (await of('a')).text, (await of('b')).text]).toEqual(['Hello.', 'Second.', 'Hello.'])
  })
})

describe('without its state', () => {
  const lost = new AnyModelError('network', 'The state can’t be used.')
  const state: State = { ...memoryState(), take: () => Promise.reject(lost), settle: () => Promise.reject(lost) }

  it('calls are refused, or let through when that is asked for', async () => {
    const model = mockModel(answer)
    expect(await failed(ask(inTokens(model, 20, { state })))).toMatchObject({ code: 'network', model: 'mock' })
    expect(model.calls).toHaveLength(0)
    await ask(inTokens(model, 20, { state, onStateError: 'allow' }))
  })
})

it('bounds embedding models too', async () => {
  const embed = async () => ({ embeddings: [], usage: { input: 4 }, warnings: [] })
  const bounded = withBudget(
    { provider: 'mock', id: 'e', embed },
    { limit: { usd: 8e-6 }, per: day, price: { input: 1 } },
  )
  await bounded.embed({ values: ['four'] })
  expect((await failed(bounded.embed({ values: ['four'] }))).code).toBe('quota')
})
