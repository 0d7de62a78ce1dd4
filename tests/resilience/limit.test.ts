import {
  AnyModelError,
  generateText,
  isAnyModelError,
  memoryState,
  type TextCall,
  type TextModel,
  withFallback,
  withLimit,
} from '@anymodel/core'
import { type Answer, countListeners, mockModel, seeded } from '@anymodel/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const usage = { input: 10, output: 10, total: 20 }
const answer: Answer = [
  { type: 'text', text: 'Hello.' },
  { type: 'finish', usage },
]

/** A model that answers when it is told to. */
function slowModel() {
  const ends: (() => void)[] = []
  const model = mockModel(() => new Promise<Answer>((resolve) => ends.push(() => resolve(answer))))
  return { model, ends }
}

const ask = (model: TextModel, more: Pick<TextCall, 'maxTokens' | 'signal'> = {}) =>
  generateText({ model, prompt: 'Hi.', ...more })

const failed = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.unreachable('it must fail'),
    (error: AnyModelError) => error,
  )

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount(), 'timers that were left').toBe(0)
  vi.useRealTimers()
})

describe('a limit of requests per minute', () => {
  it('sends no more within any minute, and the others when their turn comes', async () => {
    const model = mockModel(answer)
    const limited = withLimit(model, { requestsPerMinute: 3, queue: { timeout: 200_000 } })
    const calls = Promise.all(Array.from({ length: 7 }, () => ask(limited)))
    await tick()
    expect(model.calls).toHaveLength(3)
    await tick(59_900)
    expect(model.calls).toHaveLength(3)
    await tick(1_200)
    expect(model.calls).toHaveLength(6)
    await tick(61_000)
    await calls
    expect(model.calls).toHaveLength(7)
  })

  it('fails at once when the turn comes too late, with the time of the next one', async () => {
    const limited = withLimit(mockModel(answer), { requestsPerMinute: 1, queue: { timeout: 10_000 } })
    await ask(limited)
    const error = await failed(ask(limited))
    expect(error).toMatchObject({ code: 'rate-limit', provider: 'mock', model: 'mock', phase: 'connect' })
    expect(error.retryAfter).toBeGreaterThan(59_000)
    expect(error.retryAfter).toBeLessThanOrEqual(61_001)
  })

  it('is another model’s turn when there is one', async () => {
    const [first, second] = [mockModel(answer), mockModel('Second.')]
    const model = withFallback([withLimit(first, { requestsPerMinute: 1, queue: { timeout: 0 } }), second])
    await ask(model)
    expect((await ask(model)).text).toBe('Second.')
    expect(first.calls).toHaveLength(1)
  })
})

describe('a limit of tokens per minute', () => {
  it('reserves what a call may take, and settles what it took', async () => {
    const model = mockModel(answer)
    const limited = withLimit(model, { tokensPerMinute: 150, queue: { timeout: 0 } })
    // 1 + 100 are reserved, 20 are used.
    for (let used = 20; used <= 60; used += 20) await ask(limited, { maxTokens: 100 })
    expect((await failed(ask(limited, { maxTokens: 100 }))).code).toBe('rate-limit')
    await ask(limited, { maxTokens: 80 })
  })

  it('lets a call wait that wants more than there is, and does not keep it for ever', async () => {
    const model = mockModel(answer)
    const limited = withLimit(model, { tokensPerMinute: 100, queue: { timeout: 100_000 } })
    await ask(limited, { maxTokens: 50 })
    const large = ask(limited, { maxTokens: 5_000 })
    await tick(1_000)
    expect(model.calls).toHaveLength(1)
    await tick(61_000)
    await large
  })

  it('a refused request has taken no tokens', async () => {
    const refusal = new AnyModelError('bad-request', 'No.', { status: 400, phase: 'headers' })
    const limited = withLimit(mockModel([refusal, answer]), { tokensPerMinute: 120, queue: { timeout: 0 } })
    expect((await failed(ask(limited, { maxTokens: 100 }))).code).toBe('bad-request')
    await ask(limited, { maxTokens: 100 })
  })
})

describe('a limit of requests at once', () => {
  it('lets the next one through when one ends, fails, is aborted or is left', async () => {
    const { model, ends } = slowModel()
    const limited = withLimit(model, { concurrency: 2 })
    const controller = new AbortController()
    const calls = [ask(limited), ask(limited, { signal: controller.signal }), ask(limited), ask(limited)]
    const settled = Promise.allSettled(calls)
    await tick()
    expect(model.calls).toHaveLength(2)
    ends[0]?.()
    await tick()
    expect(model.calls).toHaveLength(3)
    controller.abort(new Error('enough'))
    ends[1]?.()
    await tick()
    expect(model.calls).toHaveLength(4)
    const iterator = limited.stream({ messages: [] })[Symbol.asyncIterator]()
    const next = iterator.next()
    await tick()
    for (const end of ends) end()
    await tick()
    expect(model.calls).toHaveLength(5)
    ends[4]?.()
    await next
    await iterator.return?.()
    await settled
    await tick()
  })

  it('takes turns between tenants, and keeps the order within each', async () => {
    const { model, ends } = slowModel()
    const limited = withLimit(model, { concurrency: 1 })
    const calls = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((prompt) =>
      generateText({ model: limited, prompt, tags: { tenant: prompt[0] as string } }),
    )
    for (let at = 0; at < calls.length; at++) {
      await tick()
      ends[at]?.()
    }
    await Promise.all(calls)
    const order = model.calls.map(({ messages }) => messages[0]?.content)
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  })
})

describe('limits that several share', () => {
  it('hold for all with the same state and key', async () => {
    const { model, ends } = slowModel()
    const shared = { state: memoryState(), key: 'one', concurrency: 1 }
    const [one, other] = [withLimit(model, shared), withLimit(model, shared)]
    const calls = [ask(one), ask(other)]
    await tick(2_000)
    expect(model.calls).toHaveLength(1)
    ends[0]?.()
    await tick(250)
    expect(model.calls).toHaveLength(2)
    ends[1]?.()
    await Promise.all(calls)
  })

  it('a place stays taken for as long as its request takes, however short its lease', async () => {
    const { model, ends } = slowModel()
    const shared = { state: memoryState(), concurrency: 1, lease: 3_000 }
    const [one, other] = [withLimit(model, shared), withLimit(model, shared)]
    const calls = [ask(one), ask(other)]
    await tick(20_000)
    expect(model.calls).toHaveLength(1)
    ends[0]?.()
    await tick(250)
    ends[1]?.()
    await Promise.all(calls)
  })

  it('are passed by while the state can’t be reached, unless that is refused', async () => {
    const lost = new AnyModelError('network', 'Gone.')
    const state = { ...memoryState(), take: () => Promise.reject(lost) }
    const limits = { state, requestsPerMinute: 1 }
    const model = withLimit(mockModel(answer), limits)
    await ask(model)
    await ask(model)
    expect(await failed(ask(withLimit(mockModel(answer), { ...limits, onStateError: 'refuse' })))).toMatchObject({
      message: 'Gone.',
      model: 'mock',
    })
  })
})

describe('the line', () => {
  it('is bounded, also for calls that come at once', async () => {
    const { model, ends } = slowModel()
    const limited = withLimit(model, { concurrency: 1, queue: { max: 2 } })
    const calls = Array.from({ length: 6 }, () =>
      ask(limited).then(
        () => 'answered',
        (error) => error.code,
      ),
    )
    await tick()
    expect(await Promise.all(calls.slice(3))).toEqual(['rate-limit', 'rate-limit', 'rate-limit'])
    expect((await failed(ask(limited))).message).toContain('2 requests are waiting already')
    for (let at = 0; at < 3; at++) {
      ends[at]?.()
      await tick()
    }
    expect(await Promise.all(calls.slice(0, 3))).toEqual(['answered', 'answered', 'answered'])
  })

  it('is left by an abort at once: its place is free, and nothing stays on the signal', async () => {
    const { model, ends } = slowModel()
    const limited = withLimit(model, { concurrency: 1, queue: { max: 1 } })
    const first = ask(limited)
    await tick()
    const controller = new AbortController()
    const listeners = countListeners(controller.signal)
    const reason = new Error('changed my mind')
    const iterator = limited.stream({ messages: [], signal: controller.signal })[Symbol.asyncIterator]()
    const waiting = iterator.next().catch((error) => error)
    await tick()
    expect(listeners()).toBe(1)
    controller.abort(reason)
    expect(await waiting).toBe(reason)
    expect(listeners()).toBe(0)
    const next = ask(limited)
    ends[0]?.()
    await tick()
    ends[1]?.()
    await Promise.all([first, next])
    expect(model.calls).toHaveLength(2)
    expect((await failed(ask(limited, { signal: AbortSignal.abort(reason) }))) as unknown).toBe(reason)
  })

  it('is left by a reader who goes away', async () => {
    const { model, ends } = slowModel()
    const limited = withLimit(model, { concurrency: 1 })
    const first = ask(limited)
    await tick()
    const iterator = limited.stream({ messages: [] })[Symbol.asyncIterator]()
    const next = iterator.next()
    await iterator.return?.()
    expect((await next).done).toBe(true)
    ends[0]?.()
    await first
    await tick()
    expect(model.calls).toHaveLength(1)
  })

  it('is left with an error after the time that is allowed', async () => {
    const { model, ends } = slowModel()
    const limited = withLimit(model, { concurrency: 1, queue: { timeout: 5_000 } })
    const first = ask(limited)
    const second = failed(ask(limited))
    await tick(5_000)
    expect(await second).toMatchObject({ code: 'rate-limit', retryAfter: 250 })
    ends[0]?.()
    await first
    await tick()
  })
})

it('whatever comes, goes and breaks in a crowd: no limit is exceeded, everybody is told, and all places are free at the end', async () => {
  const random = seeded(20_261_124)
  const sent: number[] = []
  let running = 0
  let most = 0
  const model: TextModel = {
    ...mockModel(''),
    async *stream({ signal }) {
      sent.push(performance.now())
      running++
      most = Math.max(most, running)
      try {
        await new Promise((resolve) => setTimeout(resolve, random() * 3_000))
        signal?.throwIfAborted()
        if (random() < 0.2) throw new AnyModelError('truncated', 'Broken.')
        yield { type: 'text', text: 'Hello.' }
        yield { type: 'finish', reason: 'stop', usage, response: { provider: 'mock', model: 'mock' } }
      } finally {
        running--
      }
      return undefined
    },
  }
  const limited = withLimit(model, { concurrency: 7, requestsPerMinute: 60, queue: { max: 150, timeout: 200_000 } })
  const outcomes = Array.from({ length: 300 }, async (_, at) => {
    await new Promise((resolve) => setTimeout(resolve, random() * 60_000))
    const controller = new AbortController()
    if (random() < 0.3) setTimeout(() => controller.abort(new Error('aborted')), random() * 100_000)
    const tags = { tenant: String(at % 5) }
    return generateText({ model: limited, prompt: 'Hi.', signal: controller.signal, tags }).then(
      () => 'answered',
      ({ code, message }) => code ?? message,
    )
  })
  await vi.advanceTimersByTimeAsync(600_000)
  const all = await Promise.all(outcomes)
  expect(new Set(all)).toEqual(new Set(['answered', 'aborted', 'truncated', 'rate-limit']))
  expect(most).toBe(7)
  for (const from of sent) expect(sent.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(60)
  const calls = Array.from({ length: 7 }, () => ask(limited).catch(() => {}))
  await tick()
  expect(running).toBe(7)
  await tick(3_000)
  await Promise.all(calls)
})

describe('what a service says about its limits', () => {
  const withHeaders = (headers: Record<string, string>): Answer => [
    { type: 'text', text: 'Hello.' },
    { type: 'finish', usage, response: { headers } },
  ]

  it.each([
    ['requests', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6s' }, 6_000],
    ['tokens', { 'x-ratelimit-remaining-tokens': '100', 'x-ratelimit-reset-tokens': '3s' }, 3_000],
    [
      'a limit that comes back bit by bit',
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1m0s',
      },
      1_000,
    ],
    [
      'a date, by the service’s own clock',
      {
        date: 'Tue, 24 Nov 2026 12:00:00 GMT',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-11-24T12:00:04Z',
      },
      4_000,
    ],
    ['minutes', { 'x-ratelimit-remaining-req-minute': '0' }, 60_000],
  ])('is followed: %s', async (_, headers, wait) => {
    const model = mockModel([withHeaders(headers), answer])
    const limited = withLimit(model, { concurrency: 10, queue: { timeout: 90_000 } })
    await ask(limited)
    const next = ask(limited)
    await tick(wait - 50)
    expect(model.calls).toHaveLength(1)
    await tick(100)
    await next
  })

  it.each([
    [{ 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-reset-requests': '6s' }],
    [{ 'x-ratelimit-remaining-requests': '', 'x-ratelimit-reset-requests': '6s' }],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'soon' }],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '-5' }],
    [{ 'x-ratelimit-remaining-images': '0', 'x-ratelimit-reset-images': '6s' }],
    [{ 'x-ratelimit-remaining-requests': '0' }],
  ])('is ignored where it is nonsense or about something else: %o', async (headers) => {
    const limited = withLimit(mockModel(withHeaders(headers)), { concurrency: 10, queue: { timeout: 0 } })
    await ask(limited)
    await ask(limited)
  })

  it('a refused request makes all wait as long as the service asks', async () => {
    const refusal = new AnyModelError('rate-limit', 'Slow down.', { status: 429, retryAfter: 7_000 })
    const model = mockModel([refusal, answer])
    const limited = withLimit(model, { concurrency: 10 })
    expect((await failed(ask(limited))).message).toBe('Slow down.')
    const calls = [ask(limited), ask(limited)]
    await tick(6_900)
    expect(model.calls).toHaveLength(1)
    await tick(200)
    await Promise.all(calls)
  })

  it('is left alone when that is asked for', async () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6s' }
    const limited = withLimit(mockModel(withHeaders(headers)), { concurrency: 1, learn: false, queue: { timeout: 0 } })
    await ask(limited)
    await ask(limited)
  })
})

it('limits embedding models too', async () => {
  const embed = vi.fn(async () => ({ embeddings: [], usage: { input: 7 }, warnings: [] }))
  const limited = withLimit({ provider: 'mock', id: 'e', embed }, { requestsPerMinute: 2, queue: { timeout: 0 } })
  await limited.embed({ values: ['a'] })
  await limited.embed({ values: ['b'] })
  const error = await limited.embed({ values: ['c'] }).catch((error) => error)
  expect(isAnyModelError(error) && error.code).toBe('rate-limit')
  expect(embed).toHaveBeenCalledTimes(2)
})

it('says which option is wrong', () => {
  expect(() => withLimit(mockModel('x'), { requestsPerMinute: 0 })).toThrow('requestsPerMinute of withLimit')
  expect(() => withLimit(mockModel('x'), { concurrency: 1.5 })).toThrow('concurrency of withLimit')
})
