import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { NoticePart, Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, type ErrorCode } from '../errors.ts'
import { knobs } from '../generate/fit-tuning.ts'
import { generateText } from '../generate/generate-text.ts'
import { streamText } from '../generate/stream-text.ts'
import { type BalanceOptions, type BalanceTarget, withBalance } from './balance.ts'
import { withBreaker } from './breaker.ts'
import { withFallback } from './fallback.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Target extends TextModel {
  calls: TextCall[]
  /** Milliseconds before the first content. */
  delay: number
  fails: ErrorCode | undefined
  output: number
}

function target(id: string, more: Partial<Pick<Target, 'delay' | 'fails' | 'output'>> = {}): Target {
  const model: Target = {
    provider: 'test',
    id,
    supports: { files: ['image/*'], knobs },
    calls: [],
    delay: 0,
    fails: undefined,
    output: 100,
    ...more,
    async *stream(call): AsyncGenerator<Part> {
      model.calls.push(call)
      if (model.delay > 0) await new Promise((resolve) => setTimeout(resolve, model.delay))
      if (model.fails) throw new AnyModelError(model.fails, `${id} failed.`)
      yield { type: 'text', text: id }
      yield {
        type: 'finish',
        reason: 'stop',
        usage: { output: model.output },
        response: { provider: 'test', model: id },
      }
    },
  }
  return model
}

const balance = (targets: (TextModel | BalanceTarget)[], options: BalanceOptions = {}) =>
  withBalance(targets, { random: seeded(1), ...options })

async function ask(model: TextModel, more: object = {}) {
  const stream = streamText({ model, prompt: 'x', ...more })
  const result = stream.result.catch((error: AnyModelError) => ({ text: `! ${error.code}`, attempts: [], error }))
  await vi.runAllTimersAsync()
  return result
}

/** Who answered, call after call. */
async function answers(model: TextModel, count: number, more: object = {}): Promise<string[]> {
  const all: string[] = []
  while (all.length < count) all.push((await ask(model, more)).text)
  return all
}

const share = (all: string[], id: string): number => all.filter((one) => one === id).length / all.length

describe('weighted', () => {
  it('asks each as often as its weight says, and a weight of 0 only when the others fail', async () => {
    const spare = target('spare')
    const [a, b] = [target('a'), target('b')]
    const model = balance([{ model: a, weight: 3 }, b, { model: spare, weight: 0 }])
    const all = await answers(model, 400)
    expect(share(all, 'a')).toBeGreaterThan(0.68)
    expect(share(all, 'a')).toBeLessThan(0.82)
    expect(spare.calls).toHaveLength(0)
    a.fails = 'auth'
    b.fails = 'auth'
    expect((await ask(model)).text).toBe('spare')
  })
})

describe('least-busy', () => {
  it('asks the one with the fewest requests under way, in proportion to its weight', async () => {
    const [a, b] = [target('a', { delay: 1_000 }), target('b', { delay: 1_000 })]
    const model = balance([{ model: a, weight: 2 }, b], { strategy: 'least-busy' })
    const all = Array.from({ length: 9 }, () => generateText({ model, prompt: 'x' }))
    await vi.advanceTimersByTimeAsync(100)
    expect([a.calls.length, b.calls.length]).toEqual([6, 3])
    await vi.runAllTimersAsync()
    await Promise.all(all)
  })

  it('a request that fails or is left is no longer under way', async () => {
    const [a, b] = [target('a', { delay: 10 }), target('b', { delay: 10 })]
    const model = balance([a, b], { strategy: 'least-busy', retries: 0 })
    a.fails = 'bad-request'
    for (let call = 0; call < 10; call++) await ask(model)
    const before = [a.calls.length, b.calls.length]
    const iterators = Array.from({ length: 4 }, () => model.stream({ messages: [] })[Symbol.asyncIterator]())
    b.delay = 1_000
    a.delay = 1_000
    for (const iterator of iterators) iterator.next().catch(() => {})
    await vi.advanceTimersByTimeAsync(1)
    expect([a.calls.length, b.calls.length]).toEqual(before.map((count) => count + 2))
    for (const iterator of iterators) void iterator.return?.()
    await vi.runAllTimersAsync()
  })
})

describe('latency', () => {
  it('asks all at first, then the one whose first content comes soonest, and notices when that changes', async () => {
    const [slow, fast] = [target('slow', { delay: 500 }), target('fast', { delay: 100 })]
    const model = balance([slow, fast], { strategy: 'latency' })
    expect((await answers(model, 2)).sort()).toEqual(['fast', 'slow'])
    expect(await answers(model, 20)).toEqual(Array(20).fill('fast'))
    fast.delay = 2_000
    const later = await answers(model, 20)
    expect(later.slice(-10)).toEqual(Array(10).fill('slow'))
  })

  it('with a buffer, those that are about as fast share the calls', async () => {
    const targets = [target('a', { delay: 100 }), target('b', { delay: 110 }), target('c', { delay: 300 })]
    const all = (await answers(balance(targets, { strategy: 'latency', buffer: 0.2 }), 60)).slice(3)
    expect(share(all, 'c')).toBe(0)
    expect(share(all, 'b')).toBeGreaterThan(0.25)
  })

  it('an answer that was asked for whole counts by its length', async () => {
    const [long, short] = [target('long', { delay: 900, output: 900 }), target('short', { delay: 300, output: 30 })]
    const model = balance([long, short], { strategy: 'latency' })
    for (let call = 0; call < 6; call++) {
      const answer = generateText({ model, prompt: 'x' })
      await vi.runAllTimersAsync()
      await answer
    }
    expect([long.calls.length, short.calls.length]).toEqual([5, 1])
  })

  it('a timeout counts as a thousand seconds', async () => {
    const [a, b] = [target('a', { delay: 10, fails: 'timeout' }), target('b', { delay: 5_000 })]
    const model = balance([a, b], { strategy: 'latency', cooldown: 0 })
    await answers(model, 2)
    a.fails = undefined
    expect(await answers(model, 5)).toEqual(Array(5).fill('b'))
  })
})

describe('cost', () => {
  it('asks the cheapest for this call; a price that is not known is not free', async () => {
    const targets = [
      target('unknown'),
      { model: target('input'), price: { input: 1, output: 20 } },
      { model: target('output'), price: { input: 10, output: 1 } },
      { model: target('half'), price: { input: 0 } },
    ]
    const model = balance(targets, { strategy: 'cost' })
    expect((await ask(model)).text).toBe('output')
    expect((await ask(model, { prompt: 'word '.repeat(10_000) })).text).toBe('input')
    expect((await ask(model, { maxTokens: 1, prompt: 'word '.repeat(100) })).text).toBe('input')
  })

  it('expects answers as long as they were', async () => {
    const targets = [
      { model: target('a', { output: 1 }), price: { input: 1, output: 20 } },
      { model: target('b', { output: 1 }), price: { input: 10, output: 1 } },
    ]
    const model = balance(targets, { strategy: 'cost' })
    const prompt = 'word '.repeat(200)
    expect((await ask(model, { prompt })).text).toBe('b')
    expect((await ask(model, { prompt })).text).toBe('a')
  })
})

describe('adaptive', () => {
  const options = { strategy: 'adaptive', deadline: 1_000, badOutcomeCost: 0.1, cooldown: 0 } as const

  it('leaves a target that fails, and comes back when it has recovered', async () => {
    const [a, b] = [target('a', { delay: 100 }), target('b', { delay: 100 })]
    const model = balance([a, b], options)
    await answers(model, 40)
    a.fails = 'server'
    await answers(model, 10)
    const during = a.calls.length
    await answers(model, 20)
    expect(a.calls.length - during).toBeLessThanOrEqual(2)
    a.fails = undefined
    vi.advanceTimersByTime(1_500_000)
    expect(share(await answers(model, 150), 'a')).toBeGreaterThan(0.1)
  })

  it('prefers what keeps the deadline, and of those what is cheaper', async () => {
    const late = { model: target('late', { delay: 3_000 }), price: { input: 0.1, output: 0.1 } }
    const dear = { model: target('dear', { delay: 200 }), price: { input: 50, output: 50 } }
    const cheap = { model: target('cheap', { delay: 200 }), price: { input: 1, output: 1 } }
    const all = (await answers(balance([late, dear, cheap], options), 120)).slice(40)
    expect(share(all, 'cheap')).toBeGreaterThan(0.8)
    expect(share(all, 'late')).toBeLessThan(0.1)
  })

  it('a target without a price is taken for as dear as the dearest', async () => {
    const targets = [
      { model: target('cheap', { delay: 100 }), price: { input: 1, output: 1 } },
      { model: target('dear', { delay: 100 }), price: { input: 60, output: 60 } },
      target('unknown', { delay: 100 }),
    ]
    const all = (await answers(balance(targets, options), 150)).slice(50)
    expect(share(all, 'cheap')).toBeGreaterThan(0.8)
  })
})

describe('a target that fails', () => {
  it('is followed by the next one at once, and the result says so', async () => {
    const [a, b] = [target('a', { fails: 'server' }), target('b')]
    const before = Date.now()
    const { text, attempts } = await ask(balance([{ model: a, weight: 1e9 }, b]))
    expect(text).toBe('b')
    expect(Date.now()).toBe(before)
    expect(attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['a', 'server'],
      ['b', 'ok'],
    ])
  })

  it('is asked after the others for a while', async () => {
    const [a, b] = [target('a', { fails: 'server' }), target('b')]
    const model = balance([{ model: a, weight: 1e9 }, b])
    await answers(model, 4)
    expect(a.calls).toHaveLength(1)
  })

  it('in a fallback, the other targets come before the next model, and one bound counts all requests', async () => {
    const targets = ['a', 'b', 'c'].map((id) => target(id, { fails: 'server' }))
    const last = target('last')
    const model = withFallback([balance(targets), last], { retries: 0 })
    const { text, attempts } = await ask(model)
    expect(text).toBe('last')
    expect(new Set(attempts.slice(0, 3).map(({ model }) => model))).toEqual(new Set(['a', 'b', 'c']))
    const bounded = withFallback([balance(targets), target('never')], { maxAttempts: 2, retries: 5 })
    const sent = () => targets.reduce((sum, { calls }) => sum + calls.length, 0)
    const before = sent()
    expect((await ask(bounded)).text).toBe('! server')
    expect(sent() - before).toBe(2)
  })

  it('is told in notices while the answer goes on elsewhere', async () => {
    const breaking: TextModel = {
      ...target('a'),
      async *stream(): AsyncGenerator<Part> {
        yield { type: 'text', text: 'One two ' }
        throw new AnyModelError('network', 'cut')
      },
    }
    const b: TextModel = { ...target('b'), supports: { prefill: true } }
    const parts: Part[] = []
    const model = balance([{ model: breaking, weight: 1e9 }, b], { onBreak: 'continue' })
    for await (const part of model.stream({ messages: [{ role: 'user', content: 'x' }] })) parts.push(part)
    expect(parts.filter((part): part is NoticePart => part.type === 'notice')).toMatchObject([
      { kind: 'failover', attempt: { model: 'a', outcome: 'network' } },
    ])
    expect(parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')).toBe('One two b')
  })

  it('with an open breaker is asked last', async () => {
    const [a, b] = [target('a', { fails: 'timeout' }), target('b')]
    const model = balance([{ model: withBreaker(a, { failures: 2, cooldown: 60_000 }), weight: 1e9 }, b], {
      cooldown: 0,
    })
    expect(await answers(model, 6)).toEqual(Array(6).fill('b'))
    expect(a.calls).toHaveLength(2)
  })
})

describe('conditions', () => {
  const image = { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: 'AAAA' }] }

  it('a target gets the calls that fit', async () => {
    const targets: BalanceTarget[] = [
      { model: target('short'), when: { maxInputTokens: 100, modality: ['text'] } },
      { model: target('long'), when: { minInputTokens: 101, modality: ['text'] } },
      { model: target('eyes'), when: { modality: ['image'] } },
      { model: target('vip'), when: { tags: { plan: ['gold', 'platinum'] } }, weight: 1e9 },
    ]
    const model = balance(targets)
    expect(await answers(model, 3)).toEqual(Array(3).fill('short'))
    expect((await ask(model, { prompt: 'word '.repeat(100) })).text).toBe('long')
    expect((await ask(model, { prompt: undefined, messages: [image] })).text).toBe('eyes')
    expect((await ask(model, { tags: { plan: 'gold' } })).text).toBe('vip')
    expect((await ask(model, { tags: { plan: 'free' } })).text).toBe('short')
  })

  it('a call that fits nobody is an error that says why, and nothing is sent', async () => {
    const a = target('a')
    const model = balance([{ model: a, when: { maxInputTokens: 1, countTokens: () => 7 } }])
    const { error } = (await ask(model)) as { error?: AnyModelError }
    expect(error?.code).toBe('unsupported')
    expect(error?.message).toContain('test/a is for up to 1 tokens, and these are about 7')
    expect(a.calls).toHaveLength(0)
  })
})

describe('sticky', () => {
  const turn = (content: string) => ({ role: 'user' as const, content })

  it('a conversation stays with the target that answered it while that is healthy', async () => {
    const targets = ['a', 'b', 'c', 'd'].map((id) => target(id))
    const model = balance(targets, { sticky: true })
    const homes = new Set<string>()
    for (let conversation = 0; conversation < 12; conversation++) {
      const first = turn(`Question ${conversation}`)
      const { text: home } = await ask(model, { prompt: undefined, messages: [first] })
      homes.add(home)
      const messages = [first, { role: 'assistant', content: home }, turn('And?')]
      expect(await answers(model, 3, { prompt: undefined, messages })).toEqual(Array(3).fill(home))
    }
    expect(homes.size).toBeGreaterThan(1)
    const messages = [turn('Question 0')]
    const { text: home } = await ask(model, { prompt: undefined, messages })
    const failing = targets.find(({ id }) => id === home) as Target
    failing.fails = 'server'
    const { text: other } = await ask(model, { prompt: undefined, messages })
    expect(other).not.toBe(home)
    failing.fails = undefined
    expect(await answers(model, 3, { prompt: undefined, messages })).toEqual(Array(3).fill(other))
  })

  it('calls with the same tag stay together, until the cache is cold', async () => {
    const model = balance(
      ['a', 'b', 'c', 'd'].map((id) => target(id)),
      { sticky: { tag: 'session', ttl: 1_000 } },
    )
    const of = async (session: string) => {
      const homes: string[] = []
      for (let call = 0; call < 5; call++)
        homes.push((await ask(model, { prompt: `Call ${call}`, tags: { session } })).text)
      return new Set(homes)
    }
    for (const session of ['x', 'y', 'z']) expect((await of(session)).size).toBe(1)
    const homes = new Set<string>()
    for (let call = 0; call < 20; call++) {
      vi.advanceTimersByTime(1_001)
      homes.add((await ask(model, { tags: { session: 'x' } })).text)
    }
    expect(homes.size).toBeGreaterThan(1)
  })
})

it('needs a target, weights that are numbers, and a strategy that there is', () => {
  expect(() => withBalance([])).toThrow('at least one target')
  expect(() => withBalance([target('a')], { strategy: 'fastest' as never })).toThrow(
    'There is no strategy "fastest". There are weighted,',
  )
  for (const weight of [-1, Number.NaN])
    expect(() => withBalance([{ model: target('a'), weight }])).toThrow(`a number from 0, not ${weight}`)
})
