import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CodeModel } from '../contract/code.ts'
import type { Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, type ErrorCode, type ErrorInfo } from '../errors.ts'
import { generateText } from '../generate/generate-text.ts'
import { withRetry } from './retry.ts'

const finish: Part = {
  type: 'finish',
  reason: 'stop',
  usage: { output: 1 },
  response: { provider: 'test', model: 'm' },
}

/** A model that plays one script per attempt: parts, or an error to throw at that point. */
function scripted(...attempts: (Part | Error)[][]): TextModel & { calls: number; at: number[] } {
  return {
    provider: 'test',
    id: 'm',
    supports: {},
    calls: 0,
    at: [] as number[],
    async *stream(_call: TextCall) {
      this.at.push(Date.now())
      const script = attempts[Math.min(this.calls++, attempts.length - 1)] as (Part | Error)[]
      for (const step of script) {
        if (step instanceof Error) throw step
        yield step
      }
    },
  } as TextModel & { calls: number; at: number[] }
}

const failure = (code: ErrorCode, info?: ErrorInfo) => new AnyModelError(code, 'failed', info)
const text = (value: string): Part => ({ type: 'text', text: value })

describe('withRetry', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const ask = async (model: TextModel, signal?: AbortSignal) => {
    const outcome = generateText({ model, prompt: 'hi', ...(signal ? { signal } : {}) }).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    )
    await vi.runAllTimersAsync()
    return outcome as Promise<{ result?: Awaited<ReturnType<typeof generateText>>; error?: AnyModelError }>
  }

  it('asks again after an error before the first content and lists the failed attempt', async () => {
    const model = scripted([failure('server', { status: 500 })], [text('ok'), finish])
    const { result } = await ask(withRetry(model))
    expect(result?.text).toBe('ok')
    expect(result?.attempts.map(({ outcome }) => outcome)).toEqual(['server', 'ok'])
    expect(result?.usage).toEqual({ output: 1 })
  })

  it('waits as long as the service asks', async () => {
    const model = scripted([failure('rate-limit', { retryAfter: 2_000 })], [text('ok'), finish])
    await ask(withRetry(model))
    expect((model.at[1] as number) - (model.at[0] as number)).toBeGreaterThanOrEqual(2_000)
  })

  it('gives up at once when the service asks for a longer wait than allowed, and says for how long', async () => {
    const model = scripted([failure('rate-limit', { retryAfter: 90_000 })])
    const { error } = await ask(withRetry(model))
    expect(model.calls).toBe(1)
    expect(error?.retryAfter).toBe(90_000)
  })

  it('never sends more requests than attempts, with growing waits between them', async () => {
    const model = scripted([failure('server')])
    const { error } = await ask(withRetry(model, { attempts: 4 }))
    expect(error?.code).toBe('server')
    expect(model.calls).toBe(4)
    const gaps = model.at.slice(1).map((at, i) => at - (model.at[i] as number))
    expect(gaps[0]).toBeGreaterThanOrEqual(375)
    expect(gaps[2]).toBeGreaterThanOrEqual(1_500)
    expect(gaps[2]).toBeLessThanOrEqual(2_000)
  })

  it.each<[ErrorCode, ErrorInfo?]>([
    ['auth'],
    ['quota'],
    ['bad-request'],
    ['context-length'],
    ['content-filter'],
    ['not-found'],
    ['unsupported'],
    ['server', { retryable: false }],
    ['timeout', { clock: 'headers' }],
  ])('does not ask again after %s %o', async (code, info) => {
    const model = scripted([failure(code, info)])
    const { error } = await ask(withRetry(model))
    expect(error?.code).toBe(code)
    expect(model.calls).toBe(1)
  })

  it('does not ask again once content was delivered', async () => {
    const model = scripted([text('half'), failure('network')])
    const { error } = await ask(withRetry(model))
    expect(model.calls).toBe(1)
    expect(error?.partial?.text).toBe('half')
  })

  it('an abort during the wait rejects at once with the reason and leaves no timer', async () => {
    const controller = new AbortController()
    const model = scripted([failure('server', { retryAfter: 10_000 })])
    const outcome = generateText({ model: withRetry(model), prompt: 'hi', signal: controller.signal }).catch(
      (error) => error,
    )
    await vi.advanceTimersByTimeAsync(100)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await outcome).toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('asks a code model again, and never after the first content', async () => {
    const asCode = (model: TextModel): CodeModel => ({
      provider: 'test',
      id: 'm',
      supports: { input: 'parts' },
      fill: (call) => model.stream({ messages: [], ...call } as TextCall),
    })
    const fill = async (model: TextModel) => {
      const kinds: string[] = []
      const read = async () => {
        for await (const part of withRetry(asCode(model)).fill({ prefix: 'a', suffix: '' })) kinds.push(part.type)
      }
      const failed = read().then(
        () => undefined,
        (error: AnyModelError) => error.code,
      )
      await vi.runAllTimersAsync()
      return { kinds, failed: await failed }
    }
    const busy = scripted([failure('server')], [text('ok'), finish])
    expect(await fill(busy)).toEqual({ kinds: ['notice', 'text', 'finish'], failed: undefined })
    expect(busy.calls).toBe(2)
    const broken = scripted([text('half'), failure('network')])
    expect(await fill(broken)).toEqual({ kinds: ['text'], failed: 'network' })
    expect(broken.calls).toBe(1)
  })

  it('leaving during the wait ends quietly and leaves no timer', async () => {
    const iterator = withRetry(scripted([failure('server', { retryAfter: 10_000 })]))
      .stream({ messages: [] })
      [Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ kind: 'retry', delayMs: 10_000 })
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(vi.getTimerCount()).toBe(0)
  })
})
