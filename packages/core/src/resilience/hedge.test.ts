import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '../contract/message.ts'
import type { Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, type ErrorCode } from '../errors.ts'
import { streamText } from '../generate/stream-text.ts'
import { withFallback } from './fallback.ts'
import { type HedgeOptions, withHedge } from './hedge.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Paced extends TextModel {
  calls: TextCall[]
  /** Milliseconds before the first content. */
  delay: number
  fails: ErrorCode | undefined
  aborted: number
}

/** A model that takes its time, and notices at once when it is aborted. */
function paced(id: string, delay: number, fails?: ErrorCode): Paced {
  const model: Paced = {
    provider: 'test',
    id,
    supports: {},
    calls: [],
    delay,
    fails,
    aborted: 0,
    async *stream(call): AsyncGenerator<Part> {
      model.calls.push(call)
      const { signal } = call
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, model.delay)
        const abort = () => {
          clearTimeout(timer)
          model.aborted++
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
      })
      if (model.fails) throw new AnyModelError(model.fails, `${id} failed.`)
      yield { type: 'text', text: id }
      yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'test', model: id } }
    },
  }
  return model
}

const messages: Message[] = [{ role: 'user', content: 'x' }]

async function ask(model: TextModel, more: object = {}) {
  const before = Date.now()
  const stream = streamText({ model, messages, ...more })
  let took = 0
  const result = stream.result
    .catch((error: AnyModelError) => ({ text: `! ${error.code}`, attempts: [], error }))
    .finally(() => {
      took = Date.now() - before
    })
  await vi.runAllTimersAsync()
  return { ...(await result), took }
}

const hedge = (model: TextModel, options: HedgeOptions) => withHedge(model, { maxExtra: 1, ...options })

describe('a model that is slow to begin', () => {
  it('is overtaken by the other, is aborted at once, and stands in the attempts', async () => {
    const [a, b] = [paced('a', 1_000), paced('b', 100)]
    const { text, took, attempts } = await ask(hedge(a, { to: b, after: 300 }))
    expect(text).toBe('b')
    expect(took).toBe(400)
    expect(a.aborted).toBe(1)
    expect(attempts).toMatchObject([
      { model: 'a', outcome: 'aborted', durationMs: 400 },
      { model: 'b', outcome: 'ok', firstContentMs: 400 },
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('answers all the same when it is the first to say something', async () => {
    const [a, b] = [paced('a', 350), paced('b', 100)]
    const { text, took, attempts } = await ask(hedge(a, { to: b, after: 300 }))
    expect([text, took, b.aborted]).toEqual(['a', 350, 1])
    expect(attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['b', 'aborted'],
      ['a', 'ok'],
    ])
  })

  it('is alone when it begins in time', async () => {
    const [a, b] = [paced('a', 200), paced('b', 1)]
    const { text, attempts } = await ask(hedge(a, { to: b, after: 300 }))
    expect([text, attempts.length, b.calls.length]).toEqual(['a', 1, 0])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is known after twenty requests', async () => {
    const [a, b] = [paced('a', 100), paced('b', 10)]
    const model = hedge(a, { to: b })
    a.delay = 5_000
    expect((await ask(model)).text).toBe('a')
    a.delay = 100
    for (let call = 0; call < 40; call++) await ask(model)
    a.delay = 5_000
    expect(await ask(model)).toMatchObject({ text: 'b', took: 110 })
  })
})

describe('failures', () => {
  it('before the time is over are those of the call', async () => {
    const b = paced('b', 1)
    expect((await ask(hedge(paced('a', 100, 'server'), { to: b, after: 300 }))).text).toBe('! server')
    expect(b.calls).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of one leave the other, whichever it is', async () => {
    const { text, attempts } = await ask(hedge(paced('a', 400, 'server'), { to: paced('b', 500), after: 300 }))
    expect(text).toBe('b')
    expect(attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['a', 'server'],
      ['b', 'ok'],
    ])
    expect((await ask(hedge(paced('a', 900), { to: paced('b', 1, 'auth'), after: 300 }))).text).toBe('a')
  })

  it('of both give the error of the first', async () => {
    const both = (first: number, second: number) =>
      hedge(paced('a', first, 'server'), { to: paced('b', second, 'auth'), after: 300 })
    expect((await ask(both(400, 500))).text).toBe('! server')
    expect((await ask(both(900, 10))).text).toBe('! server')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the cost', () => {
  it('is bounded: a share of all requests', async () => {
    const [a, b] = [paced('a', 1_000), paced('b', 10)]
    const model = withHedge(a, { to: b, after: 100 })
    for (let call = 0; call < 200; call++) {
      await ask(model)
      expect(b.calls.length).toBeLessThanOrEqual(a.calls.length * 0.05)
    }
    expect(b.calls).toHaveLength(10)
  })

  it('is not saved up over a calm time', async () => {
    const [a, b] = [paced('a', 1), paced('b', 10)]
    const model = withHedge(a, { to: b, after: 100 })
    for (let call = 0; call < 400; call++) await ask(model)
    a.delay = 1_000
    for (let call = 0; call < 20; call++) await ask(model)
    expect(b.calls.length).toBeLessThanOrEqual(6)
  })

  it('counts in the attempts of a fallback, and the last request is not doubled', async () => {
    const [a, b, c] = [paced('a', 1_000, 'server'), paced('b', 1_000, 'server'), paced('c', 1)]
    const of = (maxAttempts: number) =>
      ask(withFallback([hedge(a, { to: b, after: 100 }), c], { retries: 0, maxAttempts }))
    expect((await of(3)).text).toBe('c')
    expect([a.calls.length, b.calls.length, c.calls.length]).toEqual([1, 1, 1])
    expect((await of(2)).text).toBe('! server')
    expect([a.calls.length, b.calls.length, c.calls.length]).toEqual([2, 2, 1])
    expect((await of(1)).text).toBe('! server')
    expect([a.calls.length, b.calls.length, c.calls.length]).toEqual([3, 2, 1])
  })
})

describe('is not asked twice', () => {
  it('what passes on the result of a tool, or has a tool that the provider runs', async () => {
    const [a, b] = [paced('a', 1_000), paced('b', 10)]
    const able = { tools: true }
    const model = hedge({ ...a, supports: able }, { to: { ...b, supports: able }, after: 100 })
    const toolCall = { type: 'tool-call', id: 'c', name: 'pay', input: '{}' } as const
    const result = { type: 'tool-result', id: 'c', name: 'pay', output: 'ok' } as const
    const turn: Message[] = [
      ...messages,
      { role: 'assistant', content: [toolCall] },
      { role: 'tool', content: [result] },
    ]
    const read = async (call: TextCall) => {
      const iterator = model.stream(call)[Symbol.asyncIterator]()
      const first = iterator.next()
      await vi.runAllTimersAsync()
      await first
      await iterator.return?.()
    }
    await read({ messages: turn })
    await read({ messages, tools: [{ type: 'provider', provider: 'test', name: 'search', definition: {} }] })
    expect(b.calls).toHaveLength(0)
    await read({ messages: [...turn, { role: 'assistant', content: 'Done.' }, ...messages] })
    expect(b.calls).toHaveLength(1)
  })

  it('what the other model can not take', async () => {
    const [a, b] = [{ ...paced('a', 1_000), supports: { files: ['image/*'] } }, paced('b', 10)]
    const { text } = await ask(hedge(a, { to: b, after: 100 }), {
      messages: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: 'AAAA' }] }],
    })
    expect([text, b.calls.length]).toEqual(['a', 0])
  })
})

it('what is no share and no time is refused', () => {
  const a = paced('a', 1)
  for (const maxExtra of [-0.1, 5, Number.NaN])
    expect(() => withHedge(a, { to: a, maxExtra })).toThrow('a share from 0 to 1')
  expect(() => withHedge(a, { to: a, after: Number.NaN })).toThrow("milliseconds or 'p95'")
})

describe('leaving', () => {
  it('an abort rejects with its reason and ends both', async () => {
    const [a, b] = [paced('a', 1_000), paced('b', 1_000)]
    const controller = new AbortController()
    const outcome = ask(hedge(a, { to: b, after: 100 }), { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 500)
    expect(await outcome).toMatchObject({ error: 'enough' })
    expect([a.aborted, b.aborted]).toEqual([1, 1])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends both and leaves no timer', async () => {
    const [a, b] = [paced('a', 1_000), paced('b', 1_000)]
    for (const at of [50, 500]) {
      const iterator = hedge(a, { to: b, after: 100 }).stream({ messages })[Symbol.asyncIterator]()
      const next = iterator.next()
      await vi.advanceTimersByTimeAsync(at)
      await iterator.return?.()
      expect((await next).done).toBe(true)
      expect(vi.getTimerCount()).toBe(0)
    }
    expect([a.aborted, b.aborted]).toEqual([2, 1])
  })
})
