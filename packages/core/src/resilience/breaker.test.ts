import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Part } from '../contract/part.ts'
import type { TextModel } from '../contract/text.ts'
import { AnyModelError, type ErrorCode, type ErrorInfo } from '../errors.ts'
import { generateText } from '../generate/generate-text.ts'
import { type BreakerOptions, withBreaker } from './breaker.ts'
import { withFallback } from './fallback.ts'
import { withRetry } from './retry.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const failure = (code: ErrorCode = 'server', info?: ErrorInfo) => new AnyModelError(code, `${code} happened.`, info)

/** A model that does what `now` says when it is asked. */
function switchable(id = 'a') {
  const model = {
    provider: 'test',
    id,
    supports: {},
    calls: 0,
    now: 'ok' as 'ok' | 'silent' | 'unannounced' | Error,
    async *stream(): AsyncGenerator<Part> {
      model.calls++
      const { now } = model
      if (now instanceof Error) throw now
      yield { type: 'text', text: id }
      if (now === 'silent') await new Promise(() => {})
      if (now === 'unannounced') return
      yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'test', model: id } }
    },
  }
  return model
}

const outcome = (model: TextModel) =>
  generateText({ model, prompt: 'x' }).then(
    ({ text }) => text,
    (error: AnyModelError) => error.providerCode ?? error.code,
  )

/** Outcomes of so many calls, one after another. */
async function outcomes(model: TextModel, count: number): Promise<string[]> {
  const all: string[] = []
  while (all.length < count) all.push(await outcome(model))
  return all
}

const breaker = (inner: TextModel, options: BreakerOptions = {}) =>
  withBreaker(inner, { failures: 3, cooldown: 1_000, maxCooldown: 4_000, random: () => 0, ...options })

it('opens after so many failures in a row, and then nothing is sent', async () => {
  const a = switchable()
  const model = breaker(a)
  a.now = failure()
  expect(await outcomes(model, 2)).toEqual(['server', 'server'])
  a.now = 'ok'
  expect(await outcome(model)).toBe('a')
  a.now = failure()
  expect(await outcomes(model, 5)).toEqual(['server', 'server', 'server', 'circuit-open', 'circuit-open'])
  expect(a.calls).toBe(6)
})

it('says what is wrong, for how long, and that nothing was sent', async () => {
  const a = switchable()
  const model = breaker(a, { failures: 1 })
  a.now = failure('timeout')
  await outcome(model)
  vi.advanceTimersByTime(300)
  const error = await generateText({ model, prompt: 'x' }).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'server', providerCode: 'circuit-open', retryable: true, retryAfter: 700 })
  expect(error.message).toMatch(/last: timeout.*another 700 ms. Nothing was sent/)
})

it('one request tries when the time is over: its answer closes the breaker, its failure opens it for twice as long', async () => {
  const a = switchable()
  const model = breaker(a, { failures: 1 })
  a.now = failure()
  await outcome(model)
  for (const wait of [1_000, 2_000, 4_000, 4_000]) {
    vi.advanceTimersByTime(wait - 1)
    expect(await outcome(model)).toBe('circuit-open')
    vi.advanceTimersByTime(1)
    const asked = await Promise.all([outcome(model), outcome(model), outcome(model)])
    expect(asked).toEqual(['server', 'circuit-open', 'circuit-open'])
  }
  vi.advanceTimersByTime(4_000)
  a.now = 'ok'
  expect(await outcomes(model, 3)).toEqual(['a', 'a', 'a'])
  a.now = failure()
  await outcome(model)
  vi.advanceTimersByTime(1_000)
  a.now = 'ok'
  expect(await outcome(model)).toBe('a')
})

it('adds up to a quarter of the time at random', async () => {
  const a = switchable()
  const model = breaker(a, { failures: 1, random: () => 1 })
  a.now = failure()
  await outcome(model)
  vi.advanceTimersByTime(1_249)
  expect(await outcome(model)).toBe('circuit-open')
  vi.advanceTimersByTime(1)
  expect(await outcome(model)).toBe('server')
})

it.each<ErrorCode>(['rate-limit', 'auth', 'not-found', 'quota'])('%s opens it at once', async (code) => {
  const a = switchable()
  const model = breaker(a)
  a.now = failure(code)
  expect(await outcomes(model, 2)).toEqual([code, 'circuit-open'])
  vi.advanceTimersByTime(1_000)
  expect(await outcome(model)).toBe(code === 'quota' ? 'circuit-open' : code)
})

it.each<ErrorCode>(['bad-request', 'context-length', 'content-filter', 'network', 'unsupported'])(
  '%s says nothing about the model',
  async (code) => {
    const a = switchable()
    a.now = failure(code)
    expect(await outcomes(breaker(a, { failures: 1 }), 3)).toEqual([code, code, code])
  },
)

it('the service says how long to wait', async () => {
  const a = switchable()
  const model = breaker(a)
  a.now = failure('rate-limit', { retryAfter: 9_000 })
  await outcome(model)
  vi.advanceTimersByTime(8_999)
  expect(await outcome(model)).toBe('circuit-open')
  vi.advanceTimersByTime(1)
  expect(await outcome(model)).toBe('rate-limit')
})

it('an answer that nobody ended is a failure', async () => {
  const a = switchable()
  a.now = 'unannounced'
  expect(await outcomes(breaker(a, { failures: 1 }), 2)).toEqual(['truncated', 'circuit-open'])
})

it('a try that is left, or of which nothing is heard, does not keep the others waiting for ever', async () => {
  const a = switchable()
  const model = breaker(a, { failures: 1 })
  a.now = failure()
  await outcome(model)
  vi.advanceTimersByTime(1_000)
  a.now = 'silent'
  const tried = model.stream({ messages: [] })[Symbol.asyncIterator]()
  await tried.next()
  expect(await outcome(model)).toBe('circuit-open')
  await Promise.race([tried.return?.(), Promise.resolve()])
  const silent = model.stream({ messages: [] })[Symbol.asyncIterator]()
  await silent.next()
  a.now = 'ok'
  expect(await outcome(model)).toBe('circuit-open')
  vi.advanceTimersByTime(1_000)
  expect(await outcome(model)).toBe('a')
})

it('withFallback asks a model with an open breaker last, and does not count what was not sent', async () => {
  const a = switchable('a')
  const b = switchable('b')
  const model = withFallback([breaker(a, { failures: 1 }), breaker(b, { failures: 1 })], { retries: 0, maxAttempts: 2 })
  a.now = failure()
  expect(await outcomes(model, 3)).toEqual(['b', 'b', 'b'])
  expect(a.calls).toBe(1)
  b.now = failure()
  a.now = 'ok'
  expect(await outcome(model)).toBe('circuit-open')
  vi.advanceTimersByTime(1_000)
  expect(await outcome(model)).toBe('a')
})

it('what would never open or never close is refused', () => {
  for (const options of [{ failures: 0 }, { cooldown: Number.NaN }, { maxCooldown: -1 }])
    expect(() => withBreaker(switchable(), options)).toThrow('a number above 0')
})

it('withRetry waits for a breaker as it waits for a service', async () => {
  const a = switchable()
  const model = withRetry(breaker(a, { failures: 1 }))
  a.now = failure('auth')
  await outcome(model)
  a.now = 'ok'
  const waiting = outcome(model)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await waiting).toBe('a')
})
