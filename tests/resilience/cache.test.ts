import { setImmediate as tick } from 'node:timers/promises'
import {
  AnyModelError,
  type CacheOptions,
  type EmbeddingModel,
  generateObject,
  generateText,
  memoryState,
  type State,
  streamText,
  type TextModel,
  type TextOptions,
  withCache,
  withFallback,
} from '@anymodel/core'
import { type Answer, countListeners, mockModel } from '@anymodel/testing'
import { describe, expect, it, vi } from 'vitest'

const usage = { input: 10, output: 5, total: 15 }
const answerOf = (text: string): Answer => [
  { type: 'text', text: text.slice(0, 3) },
  { type: 'text', text: text.slice(3) },
  { type: 'finish', usage },
]

/** A model that says how often it was asked. */
const counting = () => mockModel((_, index) => answerOf(`Answer ${index + 1}.`))

const ask = async (model: TextModel, more: Partial<Omit<TextOptions, 'model' | 'messages'>> = {}) =>
  (await generateText({ model, prompt: 'Hi.', ...more } as TextOptions)).text

const failed = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.unreachable('it must fail'),
    (error: AnyModelError) => error,
  )

describe('an answer that was given before', () => {
  it('is given again, in the same parts, free of charge, and says so', async () => {
    const warning = { option: 'topK', message: 'Left out.' }
    const model: TextModel = {
      ...mockModel(''),
      async *stream() {
        yield { type: 'notice', kind: 'connected', message: 'x' }
        yield { type: 'notice', kind: 'warning', message: warning.message, warning }
        yield { type: 'reasoning', text: 'Hm.', opaque: { provider: 'mock', data: { signature: 'x' } } }
        yield { type: 'text', text: 'One, ' }
        yield { type: 'text', text: 'two.' }
        yield { type: 'source', url: 'https://example.com' }
        yield { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 255]) }
        const response = { provider: 'mock', model: 'mock-1', id: 'abc', headers: { date: 'today' } }
        yield { type: 'finish', reason: 'stop', usage, response }
        return undefined
      },
    }
    const cached = withCache(model)
    const first = await generateText({ model: cached, prompt: 'Hi.' })
    const again = await generateText({ model: cached, prompt: 'Hi.' })
    expect(again.content).toEqual(first.content)
    expect([again.text, again.finishReason, again.warnings]).toEqual(['One, two.', 'stop', [warning]])
    expect(again.files[0]?.data).toEqual(first.files[0]?.data)
    expect(first.usage).toEqual(usage)
    expect(first.response.cached).toBe(undefined)
    expect(again.usage).toMatchObject({ input: 0, output: 0, total: 0 })
    const madeAt = expect.any(Number)
    expect(again.response).toEqual({
      provider: 'mock',
      model: 'mock-1',
      id: 'abc',
      cached: { by: 'exact', usage, madeAt },
    })
  })

  it.each<[string, Partial<TextOptions>]>([
    ['another question', { prompt: 'Hi!' }],
    ['another system text', { system: 'Be brief.' }],
    ['another bound', { maxTokens: 10 }],
    ['another temperature', { temperature: 0 }],
    ['a stop text', { stop: ['x'] }],
    ['something extra', { extra: { top: 1 } }],
    ['another header', { headers: { 'x-version': '2' } }],
    ['another tenant', { tags: { tenant: 'b' } }],
    ['another namespace', { cache: { namespace: 'b' } }],
  ])('is not that of a call with %s', async (_, more) => {
    const model = counting()
    const cached = withCache(model)
    await ask(cached)
    await ask(cached, more)
    await ask(cached, more)
    expect(model.calls).toHaveLength(2)
  })

  it('is that of a call which differs only in how the answer travels, and in other tags', async () => {
    const model = counting()
    const cached = withCache(model)
    await ask(cached)
    expect((await streamText({ model: cached, prompt: 'Hi.', tags: { feature: 'x' } }).result).text).toBe('Answer 1.')
  })

  it('is not that of another model', async () => {
    const [one, two] = [counting(), mockModel('Two.', { id: 'two' })]
    const state = memoryState()
    await ask(withCache(one, { state }))
    expect(await ask(withCache(two, { state }))).toBe('Two.')
    expect(await ask(withCache(mockModel('no'), { state }))).toBe('Answer 1.')
  })

  it('is forgotten when its time is over', async () => {
    let now = 0
    const cached = withCache(counting(), { ttl: 1_000, state: memoryState({ now: () => now }) })
    await ask(cached)
    now = 999
    expect(await ask(cached)).toBe('Answer 1.')
    now = 1_000
    expect(await ask(cached)).toBe('Answer 2.')
  })

  it('is forgotten when there is no room: the one that was not asked for for longest', async () => {
    const model = counting()
    const cached = withCache(model, { maxBytes: 1_500 })
    for (const prompt of ['a', 'b', 'a', 'c', 'd']) await ask(cached, { prompt })
    expect(model.calls).toHaveLength(4)
    expect([await ask(cached, { prompt: 'd' }), await ask(cached, { prompt: 'b' })]).toEqual(['Answer 4.', 'Answer 5.'])
  })
})

describe('what is not kept', () => {
  it.each<[string, Answer | Error]>([
    ['an error', new AnyModelError('server', 'No.')],
    [
      'an answer that was cut',
      [
        { type: 'text', text: 'Cut' },
        { type: 'finish', reason: 'length' },
      ],
    ],
    [
      'a refusal',
      [
        { type: 'text', text: 'No.' },
        { type: 'finish', reason: 'refusal' },
      ],
    ],
    [
      'a blocked answer',
      [
        { type: 'text', text: 'No.' },
        { type: 'finish', reason: 'content-filter' },
      ],
    ],
    ['a tool call', [{ type: 'tool-call', id: '1', name: 'x', input: '{}' }]],
    [
      'an answer with a tool that the provider ran',
      [
        { type: 'tool-call', id: '1', name: 'x', input: '{}', byProvider: true },
        { type: 'tool-result', id: '1', name: 'x', output: 1, byProvider: true },
        { type: 'text', text: 'Done.' },
      ],
    ],
    ['an answer without content', []],
  ])('%s', async (_, answer) => {
    const model = mockModel([answer as Answer])
    const cached = withCache(model)
    await read(cached)
    await read(cached)
    expect(model.calls).toHaveLength(2)
  })

  it('an answer at a temperature above 0, unless that is asked for', async () => {
    const model = counting()
    const cached = withCache(model)
    const texts = [await ask(cached, { temperature: 0.5 }), await ask(cached, { temperature: 0.5 })]
    expect(texts).toEqual(['Answer 1.', 'Answer 2.'])
    const any = withCache(model, { anyTemperature: true })
    expect(await ask(any, { temperature: 0.5 })).toBe(await ask(any, { temperature: 0.5 }))
  })

  it('what a reset made void', async () => {
    const broken = mockModel([{ type: 'text', text: 'Broken' }], {
      breaks: { after: 1, error: new AnyModelError('truncated', 'No.', { phase: 'post-content' }) },
    })
    const cached = withCache(withFallback([broken, counting()], { onBreak: 'restart', retries: 0 }))
    await generateText({ model: cached, prompt: 'Hi.' })
    const again = await generateText({ model: cached, prompt: 'Hi.' })
    expect([again.text, again.attempts.length, again.response.cached?.by]).toEqual(['Answer 1.', 1, 'exact'])
  })

  it('an answer that was left in the middle', async () => {
    const { model, signals, release } = slow()
    const cached = withCache(model)
    for await (const _ of streamText({ model: cached, prompt: 'Hi.' }).textStream) break
    expect(signals[0]?.aborted).toBe(true)
    release()
    await ask(cached)
    expect(signals).toHaveLength(2)
  })
})

/** Reads all; an error ends it. */
async function read(model: TextModel): Promise<void> {
  try {
    for await (const _ of model.stream({ messages: [] }) as AsyncIterable<unknown>);
  } catch {}
}

describe('one call', () => {
  it('may ask for a new answer, which is kept', async () => {
    const cached = withCache(counting())
    await ask(cached)
    expect(await ask(cached, { cache: { read: false } })).toBe('Answer 2.')
    expect(await ask(cached)).toBe('Answer 2.')
  })

  it('may leave nothing', async () => {
    const cached = withCache(counting())
    await ask(cached, { cache: { write: false } })
    expect(await ask(cached)).toBe('Answer 2.')
  })

  it('may say how long its answer is kept, and how old the one it gets may be', async () => {
    let now = 0
    const cached = withCache(counting(), { state: memoryState({ now: () => now }) })
    await ask(cached, { cache: { ttl: 10 } })
    now = 10
    expect(await ask(cached)).toBe('Answer 2.')
    expect(await ask(cached, { cache: { maxAge: 60_000 } })).toBe('Answer 2.')
    expect(await ask(cached, { cache: { maxAge: -1 } })).toBe('Answer 3.')
  })
})

/** A model whose answers come when they are let. */
function slow() {
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const signals: (AbortSignal | undefined)[] = []
  const model: TextModel = {
    ...mockModel(''),
    async *stream({ signal }) {
      signals.push(signal)
      yield { type: 'text', text: 'One, ' }
      await Promise.race([
        gate,
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      ])
      yield { type: 'text', text: 'two.' }
      yield { type: 'finish', reason: 'stop', usage, response: { provider: 'mock', model: 'mock' } }
      return undefined
    },
  }
  return { model, signals, release }
}

describe('the same call at the same time', () => {
  it('is asked once; all read all of it, and one is billed', async () => {
    const { model, signals, release } = slow()
    const cached = withCache(model)
    const calls = Array.from({ length: 20 }, () => generateText({ model: cached, prompt: 'Hi.' }))
    await tick()
    const late = generateText({ model: cached, prompt: 'Hi.' })
    await tick()
    release()
    const results = await Promise.all([...calls, late])
    expect(signals).toHaveLength(1)
    expect(new Set(results.map(({ text }) => text))).toEqual(new Set(['One, two.']))
    expect(results.filter(({ usage }) => usage.input === 10)).toHaveLength(1)
    expect(results.filter(({ response }) => response.cached?.by === 'in-flight')).toHaveLength(20)
  })

  it('goes on for the others when one aborts, also the first', async () => {
    const { model, signals, release } = slow()
    const cached = withCache(model)
    const controller = new AbortController()
    const listeners = countListeners(controller.signal)
    const first = failed(generateText({ model: cached, prompt: 'Hi.', signal: controller.signal }))
    const second = generateText({ model: cached, prompt: 'Hi.' })
    await tick()
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await first).toBe(reason)
    expect(listeners()).toBe(0)
    release()
    expect((await second).text).toBe('One, two.')
    expect(signals[0]?.aborted).toBe(false)
    expect((await generateText({ model: cached, prompt: 'Hi.' })).response.cached?.by).toBe('exact')
  })

  it('ends when the last one leaves, and the next one asks anew', async () => {
    const { model, signals, release } = slow()
    const cached = withCache(model)
    const controllers = [new AbortController(), new AbortController()]
    const calls = controllers.map(({ signal }) => failed(generateText({ model: cached, prompt: 'Hi.', signal })))
    await tick()
    for (const controller of controllers) controller.abort(new Error('enough'))
    await Promise.all(calls)
    expect(signals[0]?.aborted).toBe(true)
    release()
    expect(await ask(cached)).toBe('One, two.')
    expect(signals).toHaveLength(2)
  })

  it('fails for all, and is asked anew by the next', async () => {
    const model = mockModel([new AnyModelError('server', 'No.'), 'Yes.'])
    const cached = withCache(model)
    const errors = await Promise.all([failed(ask(cached)), failed(ask(cached))])
    expect(errors.map(({ code }) => code)).toEqual(['server', 'server'])
    expect(await ask(cached)).toBe('Yes.')
  })
})

describe('a cache that can’t be reached, or has nonsense', () => {
  const broken: State = {
    ...memoryState(),
    get: () => Promise.reject(new Error('gone')),
    set: () => Promise.reject(new Error('gone')),
  }

  it('is a cache without the answer', async () => {
    const model = counting()
    const cached = withCache(model, { state: broken })
    expect([await ask(cached), await ask(cached)]).toEqual(['Answer 1.', 'Answer 2.'])
  })

  it.each([
    '',
    '{',
    'null',
    '{"madeAt":1,"parts":[{"type":"tool-call"}],"finish":{"type":"finish","response":{"model":"x"}}}',
    '[]',
    '{"parts":5}',
  ])('whoever wrote %s there', async (text) => {
    const model = counting()
    const cached = withCache(model, { state: { ...memoryState(), get: async () => text } })
    expect([await ask(cached), await ask(cached)]).toEqual(['Answer 1.', 'Answer 2.'])
  })
})

describe('a semantic cache', () => {
  /** Whatever the gate lets through is near enough, unless it says otherwise. */
  const embedding = (vectors: Record<string, number[]> = {}) => {
    const embed = vi.fn<EmbeddingModel['embed']>(async ({ values }) => ({
      embeddings: values.map((value) => new Float32Array(vectors[value] ?? [1, 0])),
      usage: { input: 1 },
      warnings: [],
    }))
    return { provider: 'mock', id: 'embedding', embed }
  }

  const semantic = (options: Partial<CacheOptions> = {}) => {
    const model = counting()
    const near = embedding()
    return { model, near, cached: withCache(model, { mode: 'semantic', embedding: near, ...options }) }
  }

  it.each([
    ['What is the capital of France?', 'what’s the capital of France'],
    ['Please translate "cat" into German.', 'Translate “cat” into German!'],
    ['Hello! Don’t list numbers above 3.5, please', 'Do not list the numbers above 3.5.'],
  ])('takes "%s" for "%s"', async (one, other) => {
    const { model, cached } = semantic()
    await ask(cached, { prompt: one })
    const { text, response } = await generateText({ model: cached, prompt: other })
    expect(text).toBe('Answer 1.')
    expect(response.cached).toMatchObject({ by: 'semantic', similarity: 1 })
    expect(model.calls).toHaveLength(1)
  })

  it.each([
    ['List 3 cities', 'List 4 cities'],
    ['Is it -5 degrees?', 'Is it 5 degrees?'],
    ['What is 1.5 times 2?', 'What is 15 times 2?'],
    ['Is this allowed?', 'Is this not allowed?'],
    ['Can dogs eat grapes?', 'Can’t dogs eat grapes?'],
    ['Convert dollars to euros', 'Convert euros to dollars'],
    ['Flights from Paris to Rome', 'Flights to Paris from Rome'],
    ['The capital of France', 'The capital of Spain'],
    ['Is x<y?', 'Is x>y?'],
    ['What do US citizens need?', 'What do us citizens need?'],
    ['Dog bites man', 'Man bites dog'],
    ['The, a, an', 'please'],
  ])('does not take "%s" for "%s"', async (one, other) => {
    const { model, cached } = semantic()
    await ask(cached, { prompt: one })
    await ask(cached, { prompt: other })
    expect(model.calls).toHaveLength(2)
  })

  it.each<[string, Partial<TextOptions>]>([
    ['another system text', { system: 'Answer in French.' }],
    ['another tenant', { tags: { tenant: 'b' } }],
    ['another bound', { maxTokens: 7 }],
  ])('does not look across %s', async (_, more) => {
    const { model, cached } = semantic()
    await ask(cached, { prompt: 'What is the capital?' })
    await ask(cached, { prompt: 'What is a capital?', ...more })
    expect(model.calls).toHaveLength(2)
  })

  it('does not look across conversations', async () => {
    const { model, cached } = semantic()
    const about = (thing: string, question: string) =>
      generateText({
        model: cached,
        messages: [
          { role: 'user', content: `Tell me about ${thing}.` },
          { role: 'assistant', content: 'Fine.' },
          { role: 'user', content: question },
        ],
      })
    await about('cats', 'How old do they get?')
    await about('dogs', 'How old do they get')
    await about('cats', 'How old do they get')
    expect(model.calls).toHaveLength(2)
  })

  it('asks when the vectors are too far apart, or of another length', async () => {
    for (const vector of [
      [0.9, 0.5],
      [1, 0, 0],
    ]) {
      const model = counting()
      const cached = withCache(model, { mode: 'semantic', embedding: embedding({ 'please go on': vector }) })
      await ask(cached, { prompt: 'Go on.' })
      await ask(cached, { prompt: 'Please go on!' })
      expect(model.calls).toHaveLength(2)
    }
  })

  it('compares only where there is something to compare with', async () => {
    const { near, cached } = semantic()
    await ask(cached, { prompt: 'One thing.' })
    expect(near.embed).toHaveBeenCalledTimes(1)
    await ask(cached, { prompt: 'One thing.' })
    expect(near.embed).toHaveBeenCalledTimes(1)
  })

  it('asks when the questions can’t be compared', async () => {
    const near = { ...embedding(), embed: () => Promise.reject(new AnyModelError('server', 'No.')) }
    const { cached } = semantic({ embedding: near })
    expect([await ask(cached, { prompt: 'Go on.' }), await ask(cached, { prompt: 'go on' })]).toEqual([
      'Answer 1.',
      'Answer 2.',
    ])
  })

  it('needs a model that compares', () => {
    expect(() => withCache(counting(), { mode: 'semantic' })).toThrow('needs embedding')
  })
})

it('objects are cached as well', async () => {
  const model = mockModel(['{"a":1}', '{"a":2}'])
  const cached = withCache(model)
  const options = {
    model: cached,
    prompt: 'Hi.',
    schema: { type: 'object', properties: { a: { type: 'number' } } },
  } as const
  expect([(await generateObject(options)).object, (await generateObject(options)).object]).toEqual([{ a: 1 }, { a: 1 }])
})

describe('vectors', () => {
  const embed = vi.fn<EmbeddingModel['embed']>(async ({ values }) => ({
    embeddings: values.map((value) => new Float32Array([value.length, 0.25])),
    usage: { input: values.length },
    warnings: [],
  }))
  const model = { provider: 'mock', id: 'embedding', maxBatch: 4, embed }

  it('are asked for once each, and stand in their order', async () => {
    const cached = withCache(model)
    await cached.embed({ values: ['a', 'bb'] })
    const { embeddings, usage } = await cached.embed({ values: ['ccc', 'bb', 'a'] })
    expect(embeddings.map((vector) => [...vector])).toEqual([
      [3, 0.25],
      [2, 0.25],
      [1, 0.25],
    ])
    expect(usage).toEqual({ input: 1 })
    expect(embed.mock.calls.map(([{ values }]) => values)).toEqual([['a', 'bb'], ['ccc']])
    expect((await cached.embed({ values: ['a', 'ccc'] })).usage).toEqual({ input: 0, output: 0, total: 0 })
    await cached.embed({ values: ['a'], purpose: 'query' })
    expect(embed).toHaveBeenCalledTimes(3)
    expect(cached.maxBatch).toBe(4)
  })
})
