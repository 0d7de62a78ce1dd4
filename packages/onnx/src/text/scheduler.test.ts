import type { Part, TextCall } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { readModelFolder } from '../model-folder.ts'
import { ask, finishOf, textIn } from '../testing/ask.ts'
import { type ToyWriterOptions, toyWriter } from '../testing/toy-writer.ts'
import { batchesOf } from './batch.ts'
import { type Engine, loadEngine } from './engine.ts'
import { random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { writer } from './writer.ts'

/** `whole`: the graph gives the whole cache after every run, as graphs do whose new columns can't be told apart. */
async function load({
  whole = false,
  ...options
}: ToyWriterOptions & { readonly whole?: boolean } = {}): Promise<Engine> {
  const engine = await loadEngine(readModelFolder({ folder: toyWriter(options) }))
  return whole ? { ...engine, graph: { ...engine.graph, fresh: undefined } } : engine
}

/** The answer as the graph gives it to one text that is read in one go and goes on token by token: no scheduler. */
async function plainly(engine: Engine, call: TextCall): Promise<Part[]> {
  const parts: Part[] = []
  const job = { call, model: 'toy', emit: (more: readonly Part[]) => parts.push(...more), cancelled: () => false }
  const text = writer(engine, job)
  const batch = batchesOf(engine.graph).of()
  let logits = await batch.feed([[...text.prompt, ...text.begin()]])
  while (!text.ended) {
    for (const token of text.next(logits.of(0, 0))) if (!text.ended) logits = await batch.feed([[token]])
  }
  text.finish({ cached: 0, promptMs: 0, totalMs: 0, runMs: 0 })
  return parts
}

const essence = (parts: readonly Part[]) => {
  const { reason, usage, response } = finishOf(parts)
  return { text: textIn(parts), reason, output: usage.output, input: usage.input, logprobs: response.details?.logprobs }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Calls of every sort: greedy and drawn, short and long, many that begin alike. */
function someCalls(draw: () => number, count: number): TextCall[] {
  const upTo = (most: number) => Math.floor(draw() * most)
  const letters = (most: number) => Array.from({ length: 1 + upTo(most) }, () => 'abcdef '[upTo(7)]).join('')
  const beginnings = [letters(40), letters(400), letters(10)]
  const whole = letters(60)
  return Array.from({ length: count }, () => ({
    messages: [{ role: 'user', content: draw() < 0.2 ? whole : (beginnings[upTo(4)] ?? '') + letters(60) }],
    maxTokens: 1 + upTo(80),
    ...(draw() < 0.4 ? { temperature: 0 } : { temperature: 0.3 + draw(), seed: upTo(1_000) }),
    ...(draw() < 0.3 ? { topP: 0.9 } : {}),
    ...(draw() < 0.3 ? { topK: 1 + upTo(30) } : {}),
    ...(draw() < 0.3 ? { repetitionPenalty: 1.3, frequencyPenalty: 0.2 } : {}),
    ...(draw() < 0.2 ? { logprobs: 3 } : {}),
    ...(draw() < 0.2 ? { stop: ['ab', 'e'] } : {}),
  }))
}

describe.each([
  ['masks columns', { memory: 'masked' }],
  ['masks columns and repeats itself', { memory: 'masked', moods: 5 }],
  ['masks columns and gives the whole cache', { memory: 'masked', whole: true }],
  ['masks columns, gives the whole cache and repeats itself', { memory: 'masked', whole: true, moods: 5 }],
  ['looks at masked columns', { memory: 'unmasked', moods: 7 }],
  ['carries a state that can not be rewound', { memory: 'state', moods: 7 }],
] as const)('a graph that %s', (_, options) => {
  it.each([1, 2, 3])('gives every text what it gives it alone, whenever others come and go (%i)', async (seed) => {
    const engine = await load(options)
    const draw = random(seed)
    const calls = someCalls(draw, 24)
    const expected: ReturnType<typeof essence>[] = []
    for (const call of calls) expected.push(essence(await plainly(engine, call)))
    const scheduler = new Scheduler(engine.graph, draw() < 0.5 ? 4_000 : 200, {
      parallel: 1 + Math.floor(draw() * 6),
      cacheMemory: draw() < 0.5 ? 4_000 : 2 ** 20,
    })
    const found: Promise<Part[]>[] = []
    for (const call of calls) {
      found.push(ask(engine, call, scheduler))
      if (draw() < 0.3) void leaving(engine, scheduler, call, Math.floor(draw() * 20))
      for (let wait = Math.floor(draw() * 12); wait > 0; wait--) await turn()
    }
    expect((await Promise.all(found)).map(essence)).toEqual(expected)
    const { running, waiting, cacheBytes } = scheduler.stats()
    expect({ running, waiting, cacheBytes }).toEqual({ running: 0, waiting: 0, cacheBytes: 0 })
  })
})

/** Somebody who leaves after some events. */
async function leaving(engine: Engine, scheduler: Scheduler, call: TextCall, after: number): Promise<void> {
  let events = 0
  const emit = () => {
    events++
  }
  const job = { call, model: 'toy', emit, cancelled: () => events > after }
  await scheduler.answer(job, writer(engine, job))
}

const call = (content: string, more: Partial<TextCall> = {}): TextCall => ({
  messages: [{ role: 'user', content }],
  temperature: 0,
  logitBias: { 256: -1_000 },
  maxTokens: 20,
  ...more,
})

describe('texts under way at once', () => {
  it('go through the graph together', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    await Promise.all(
      ['one', 'two', 'three', 'four'].map((text) => ask(engine, call(text, { maxTokens: 50 }), scheduler)),
    )
    expect(scheduler.stats().batches[4]).toBeGreaterThan(30)
  })

  it('begin together, without reading anything, where their prompts are known but for a token', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    const asked = call('the same', { maxTokens: 30, temperature: 1 })
    const alone = await ask(engine, { ...asked, seed: 1 }, scheduler)
    const before = scheduler.stats()
    const again = [1, 2, 3, 4].map((seed) => ask(engine, { ...asked, seed }, scheduler))
    const [first, ...others] = await Promise.all(again)
    expect(textIn(first ?? [])).toBe(textIn(alone))
    expect(new Set(others.map(textIn)).size).toBeGreaterThan(1)
    const { batches, cachedTokens, inputTokens } = scheduler.stats()
    expect((batches[4] ?? 0) - (before.batches[4] ?? 0)).toBe(30)
    expect(batches[1]).toBe(before.batches[1])
    expect(cachedTokens).toBe(inputTokens - before.inputTokens - 4)
  })

  it('go apart where the short ones would drag too many empty columns along', async () => {
    const engine = await load()
    // Two numbers of four bytes a column, and 200 bytes of weights: twelve empty columns are too many.
    const scheduler = new Scheduler(engine.graph, 200)
    const texts = ['a'.repeat(100), 'b', 'c']
    await Promise.all(texts.map((text) => ask(engine, call(text, { maxTokens: 50 }), scheduler)))
    expect(scheduler.stats().batches[3]).toBeUndefined()
    expect(scheduler.stats().batches[2]).toBeGreaterThan(30)
  })

  it('wait in line beyond the limit, and one is always let in', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20, { parallel: 2, cacheMemory: 0 })
    const answers = Array.from({ length: 5 }, (_, i) => ask(engine, call(`text ${i}`), scheduler))
    await turn()
    expect(scheduler.stats()).toMatchObject({ running: 1, waiting: 4 })
    expect((await Promise.all(answers)).map((parts) => finishOf(parts).usage.output)).toEqual([20, 20, 20, 20, 20])
    expect(scheduler.stats()).toMatchObject({ slots: 0, slotBytes: 0, requests: 5 })
  })

  it('a short prompt passes a long one that is being read', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    const order: string[] = []
    const run = async (name: string, text: string) => {
      await ask(engine, call(text, { maxTokens: 2 }), scheduler)
      order.push(name)
    }
    await Promise.all([run('long', 'x'.repeat(3_000)), run('short', 'y')])
    expect(order).toEqual(['short', 'long'])
  })

  it('what is wrong with one call is told to its caller alone', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    const good = ask(engine, call('good'), scheduler)
    await expect(ask(engine, call('bad', { logitBias: { 999: 1 } }), scheduler)).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(finishOf(await good).usage.output).toBe(20)
  })

  it('a run that breaks is told to all it served, and the next text is served again', async () => {
    const engine = await load()
    let broken = true
    const run: Engine['graph']['run'] = (...inputs) => {
      if (broken) throw new Error('no more memory')
      return engine.graph.run(...inputs)
    }
    const scheduler = new Scheduler({ ...engine.graph, run }, 2 ** 20)
    const results = await Promise.allSettled(['one', 'two'].map((text) => ask(engine, call(text), scheduler)))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    broken = false
    expect(finishOf(await ask(engine, call('three'), scheduler)).usage.output).toBe(20)
  })
})

describe('a text that begins like one before', () => {
  const before = 'The beginning that they share. '

  it('is read from where they part, and says so', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    await ask(engine, call(`${before}One.`), scheduler)
    const { usage } = finishOf(await ask(engine, call(`${before}Two.`), scheduler))
    expect(usage).toMatchObject({ input: before.length + 4, cacheRead: before.length })
    expect(scheduler.stats()).toMatchObject({ cachedTokens: before.length })
  })

  it('is read but for its last token when it is the same', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    await ask(engine, call(before), scheduler)
    expect(finishOf(await ask(engine, call(before), scheduler)).usage.cacheRead).toBe(before.length - 1)
  })

  it('goes on from a whole answer', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    // Only letters, so that the answer is the same tokens when it comes back as text.
    const letters = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [97 + i, 100]))
    const first = call(before, { logitBias: letters })
    const answer = textIn(await ask(engine, first, scheduler))
    const { usage } = finishOf(await ask(engine, call(`${before}${answer}!`), scheduler))
    // The last token of an answer was chosen, but never read.
    expect(usage.cacheRead).toBe(before.length + 20 - 1)
  })

  it('of a model that can not be rewound, goes on from a text, but not from a part of it', async () => {
    const engine = await load({ memory: 'state' })
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    await ask(engine, call(before, { maxTokens: 1 }), scheduler)
    const cached = async (text: string) =>
      finishOf(await ask(engine, call(text, { maxTokens: 1 }), scheduler)).usage.cacheRead
    expect(await cached(`${before}More.`)).toBe(before.length)
    expect(await cached(`${before.slice(0, -5)}other`)).toBeUndefined()
  })

  it('is read anew when there was no room to keep the one before', async () => {
    const engine = await load()
    const scheduler = new Scheduler(engine.graph, 2 ** 20, { cacheMemory: 8 * before.length })
    await ask(engine, call(`${before}One.`), scheduler)
    expect(scheduler.stats().slots).toBe(0)
    expect(finishOf(await ask(engine, call(`${before}Two.`), scheduler)).usage.cacheRead).toBeUndefined()
  })
})

describe('guessing ahead', () => {
  it('writes what repeats itself in fewer runs', async () => {
    // Two moods only: what it writes is a short cycle.
    const engine = await load({ moods: 2 })
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    await ask(engine, call('abc', { maxTokens: 200 }), scheduler)
    const { proposed, accepted, batches } = scheduler.stats()
    expect(accepted).toBeGreaterThan(100)
    expect(accepted / proposed).toBeGreaterThan(0.6)
    expect(batches[1]).toBeLessThan(100)
  })

  it('stops where it is wrong all the time', async () => {
    const engine = await load({ moods: 97 })
    const scheduler = new Scheduler(engine.graph, 2 ** 20)
    // Three letters, drawn evenly: every three of them stood before, and what followed says nothing.
    const letters = { 97: 1_000, 98: 1_000, 99: 1_000 }
    await ask(engine, call('abc', { maxTokens: 900, temperature: 1_000, seed: 1, logitBias: letters }), scheduler)
    expect(scheduler.stats().proposed).toBeLessThan(450)
  })
})

describe('what a graph can do', () => {
  it('is tried out, not believed: whether it passes over masked columns', async () => {
    const masks = async (memory: 'masked' | 'unmasked' | 'state') => (await load({ memory })).graph.masks
    expect(await masks('masked')).toBe(true)
    expect(await masks('unmasked')).toBe(false)
    expect(await masks('state')).toBe(true)
  })

  it('is read off its nodes: where it computes what its cache grows by', async () => {
    expect((await load()).graph.fresh).toEqual(['fresh', 'fresh'])
    expect((await load({ memory: 'state' })).graph.fresh).toBeUndefined()
  })
})
