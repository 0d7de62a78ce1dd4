import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { ImageModel } from '../contract/image.ts'
import type { SpeechModel } from '../contract/speech.ts'
import type { TextModel } from '../contract/text.ts'
import type { TranscriptionModel } from '../contract/transcription.ts'
import type { VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { embedMany } from '../generate/embed-many.ts'
import { generateImage } from '../generate/generate-image.ts'
import { generateSpeech } from '../generate/generate-speech.ts'
import { generateText } from '../generate/generate-text.ts'
import { generateVideo } from '../generate/generate-video.ts'
import { transcribe } from '../generate/transcribe.ts'
import { memoryState } from '../state/memory.ts'
import { withBudget } from './budget.ts'
import { withHedge } from './hedge.ts'
import { budgetLeft, limitsLeft } from './inspect.ts'
import { withLimit } from './limit.ts'
import { pause } from './pause.ts'

afterEach(() => void vi.useRealTimers())

const model = { provider: 'test', id: 'm' }
const finish = { type: 'finish', usage: {}, response: { provider: 'test', model: 'm' } } as const
const png = (index: number) => ({ type: 'image', index, mediaType: 'image/png', data: Uint8Array.of(1) }) as const
const per = 60_000

/** Gives as many pictures as it is asked for, or so many. */
const drawer = (given?: number): ImageModel => ({
  ...model,
  supports: { maxCount: 4 },
  async *generate({ count }) {
    for (let index = 0; index < (given ?? count); index++) yield png(index)
    yield finish
  },
})

const speaker: SpeechModel = {
  ...model,
  supports: {},
  async *speak() {
    yield { type: 'audio', mediaType: 'audio/mpeg', data: Uint8Array.of(1) }
    yield { ...finish, seconds: 2 }
  },
}

const listener: TranscriptionModel = {
  ...model,
  supports: {},
  async *transcribe() {
    yield { type: 'text', text: 'Hi.' }
    yield { ...finish, seconds: 30 }
  },
}

const codes = async (asks: readonly (() => Promise<unknown>)[]): Promise<string[]> => {
  const found: string[] = []
  for (const ask of asks)
    found.push(
      await ask().then(
        () => 'ok',
        ({ code }) => code,
      ),
    )
  return found
}
const times = (count: number, ask: () => Promise<unknown>) => codes(Array.from({ length: count }, () => ask))

describe('a budget in dollars', () => {
  it('counts pictures: what is set aside is what is asked for, what counts is what came', async () => {
    const paint = (limited: ImageModel, n: number) => () => generateImage({ model: limited, prompt: 'a star', n })
    const full = withBudget(drawer(), { limit: { usd: 0.2 }, per, price: { picture: 0.04 } })
    expect(await codes([paint(full, 4), paint(full, 2), paint(full, 1), paint(full, 1)])).toEqual([
      'ok',
      'quota',
      'ok',
      'quota',
    ])
    const fewer = withBudget(drawer(1), { limit: { usd: 0.16 }, per, price: { picture: 0.04 } })
    expect(await codes([paint(fewer, 4), paint(fewer, 3), paint(fewer, 3)])).toEqual(['ok', 'ok', 'quota'])
  })

  it('counts characters, seconds of speech as they came, seconds of recordings, and of videos with their number', async () => {
    const say = (limited: SpeechModel) => () => generateSpeech({ model: limited, text: '1234567890' })
    const spoken = withBudget(speaker, { limit: { usd: 30e-5 }, per, price: { characters: 10 } })
    expect(await times(4, say(spoken))).toEqual(['ok', 'ok', 'ok', 'quota'])
    const sounding = withBudget(speaker, { limit: { usd: 4 }, per, price: { second: 1 } })
    expect(await times(3, say(sounding))).toEqual(['ok', 'ok', 'quota'])
    const heard = withBudget(listener, { limit: { usd: 65 }, per, price: { second: 1 } })
    const audio = { data: new Uint8Array(16_000 * 20), mediaType: 'audio/mpeg' }
    expect(await times(4, () => transcribe({ model: heard, audio }))).toEqual(['ok', 'ok', 'quota', 'quota'])
    const film: VideoModel = {
      ...model,
      supports: { knobs: ['seconds'] },
      async *film() {
        yield { type: 'video', index: 0, mediaType: 'video/mp4', data: Uint8Array.of(1) }
        yield finish
      },
      resume: () => expect.unreachable(),
    }
    const filmed = withBudget(film, { limit: { usd: 10 }, per, price: { second: 0.5 } })
    expect(await times(3, () => generateVideo({ model: filmed, prompt: 'a star', seconds: 8 }))).toEqual([
      'ok',
      'ok',
      'quota',
    ])
  })

  it('counts requests, and none that was refused', async () => {
    let isDown = true
    const down: ImageModel = {
      ...model,
      supports: {},
      async *generate() {
        if (isDown) throw new AnyModelError('server', 'down', { status: 500, phase: 'headers' })
        yield png(0)
        yield finish
      },
    }
    const limited = withBudget(down, { limit: { usd: 0.1 }, per, price: { request: 0.05 } })
    const ask = () => generateImage({ model: limited, prompt: 'a star' })
    expect(await times(3, ask)).toEqual(['server', 'server', 'server'])
    isDown = false
    expect(await times(3, ask)).toEqual(['ok', 'ok', 'quota'])
  })

  it('keeps what is not known set aside: a request that broke off', async () => {
    const breaks: ImageModel = {
      ...model,
      supports: { maxCount: 2 },
      async *generate() {
        yield png(0)
        throw new AnyModelError('truncated', 'It broke off.', { phase: 'post-content' })
      },
    }
    const limited = withBudget(breaks, { limit: { usd: 0.1 }, per, price: { picture: 0.04 } })
    const ask = () => generateImage({ model: limited, prompt: 'a star', n: 2 })
    expect(await times(2, ask)).toEqual(['truncated', 'quota'])
  })

  it('counts what the service says that it cost, unless that is nonsense', async () => {
    const told = (cost: number): ImageModel => ({
      ...drawer(),
      async *generate() {
        yield png(0)
        yield { ...finish, response: { ...finish.response, details: { cost } } }
      },
    })
    const spend = (cost: number) => {
      const limited = withBudget(told(cost), { limit: { usd: 0.1 }, per, price: { picture: 0.04 } })
      return times(4, () => generateImage({ model: limited, prompt: 'a star' }))
    }
    expect(await spend(0.01)).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(await spend(0.09)).toEqual(['ok', 'quota', 'quota', 'quota'])
    expect(await spend(-5)).toEqual(['ok', 'ok', 'quota', 'quota'])
  })

  it('is never overspent by calls at once, and is each tenant’s own', async () => {
    const limited = withBudget(drawer(), { limit: { usd: 1 }, per, price: { picture: 0.3 }, by: 'tenant' })
    const ask = (tenant: string) => generateImage({ model: limited, prompt: 'a star', tags: { tenant } })
    const all = await Promise.allSettled([...Array(8)].map((_, at) => ask(at % 2 ? 'a' : 'b')))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(6)
  })

  it('needs to know something of the price', () => {
    expect(() => withBudget(drawer(), { limit: { usd: 1 }, per })).toThrow(/Give price: { picture }/)
    expect(() => withBudget(listener, { limit: { usd: 1 }, per, price: {} })).toThrow(/Give price: { second }/)
  })
})

describe('beyond the budget', () => {
  it('another model of the kind answers, with a warning that says why', async () => {
    const cheap: ImageModel = { ...drawer(), id: 'cheap' }
    const limited = withBudget(drawer(), { limit: { usd: 0.1 }, per, price: { picture: 0.2 }, onExceed: cheap })
    const { images, warnings } = await generateImage({ model: limited, prompt: 'a star' })
    expect(images).toHaveLength(1)
    expect(warnings).toMatchObject([
      { option: 'budget', message: expect.stringContaining('test/cheap answers instead') },
    ])
  })

  it('vectors come from the same model', async () => {
    const embedder = (provider: string, id: string): EmbeddingModel => ({
      provider,
      id,
      embed: async ({ values }) => ({
        embeddings: values.map(() => Float32Array.of(1)),
        usage: { input: 3 },
        warnings: [],
      }),
    })
    const options = { limit: { tokens: 2 }, per }
    const limited = withBudget(embedder('a', 'm'), { ...options, onExceed: embedder('b', 'x/m') })
    const { warnings } = await embedMany({ model: limited, values: ['text'] })
    expect(warnings).toMatchObject([{ message: expect.stringContaining('b/x/m answers instead') }])
    expect(() => withBudget(embedder('a', 'm'), { ...options, onExceed: embedder('b', 'n') })).toThrow(
      /can't be compared/,
    )
  })
})

describe('a hedge', () => {
  it('leaves what the loser may have cost set aside, and tells what it was sent', async () => {
    const chat = (id: string, wait: number): TextModel => ({
      provider: 'test',
      id,
      supports: { knobs: ['maxTokens'] },
      async *stream({ signal }) {
        await pause(wait, signal)
        yield { type: 'text', text: id }
        yield { ...finish, reason: 'stop', usage: { input: 2, output: 1 } }
      },
    })
    const state = memoryState()
    const budget = { limit: { tokens: 1_000 }, per, state }
    const slow = withBudget(chat('slow', 5_000), { ...budget, key: 'slow', countTokens: () => 50 })
    const fast = withBudget(chat('fast', 0), { ...budget, key: 'fast', countTokens: () => 50 })
    const hedged = withHedge(slow, { to: fast, after: 1, maxExtra: 1 })
    const { attempts, usage } = await generateText({ model: hedged, prompt: 'Hello there', maxTokens: 50 })
    expect(attempts[0]).toMatchObject({ model: 'slow', outcome: 'aborted', usage: { input: 3 }, isEstimate: true })
    expect(usage).toMatchObject({ input: 2, output: 1 })
    const left = (key: string) => budgetLeft(state, { ...budget, key })
    await vi.waitFor(async () => expect([await left('slow'), await left('fast')]).toEqual([900, 997]))
  })
})

describe('what is left', () => {
  it('of budgets and limits is told, where a state can tell', async () => {
    const state = memoryState()
    const options = {
      limit: { usd: 1 },
      per: '1mo',
      price: { picture: 0.25 },
      key: 'art',
      by: 'tenant',
      state,
    } as const
    const limited = withLimit(withBudget(drawer(), options), { requestsPerMinute: 5, concurrency: 2, key: 'm', state })
    await generateImage({ model: limited, prompt: 'a star', tags: { tenant: 'a' } })
    const left = (owner: string) => budgetLeft(state, { ...options, owner })
    expect([await left('a'), await left('b')]).toEqual([0.75, 1])
    const asked = { requestsPerMinute: 5, concurrency: 2 }
    expect(await limitsLeft(state, 'm', asked)).toEqual({ requestsPerMinute: 4, concurrency: 2 })
    const { counted: _counted, ...mute } = state
    expect([await budgetLeft(mute, { ...options }), await limitsLeft(mute, 'm', asked)]).toEqual([undefined, undefined])
  })
})

describe('a budget of a calendar month', () => {
  const chat: TextModel = {
    ...model,
    supports: { knobs: ['maxTokens'] },
    async *stream() {
      yield { type: 'text', text: 'ok' }
      yield { ...finish, reason: 'stop', usage: { input: 50, output: 50 } }
    },
  }
  it('is whole again with the first of the month, by UTC, and says when that is', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2028, 1, 1) })
    const limited = withBudget(chat, {
      limit: { tokens: 200 },
      per: '1mo',
      state: memoryState(),
      countTokens: () => 50,
    })
    const ask = () => generateText({ model: limited, prompt: 'Hi.', maxTokens: 50 })
    expect(await times(2, ask)).toEqual(['ok', 'ok'])
    vi.setSystemTime(Date.UTC(2028, 1, 29, 23, 59, 59))
    await expect(ask()).rejects.toMatchObject({
      code: 'quota',
      retryAfter: 1_000,
      message: expect.stringContaining('in a calendar month'),
    })
    vi.setSystemTime(Date.UTC(2028, 2, 1))
    expect(await times(3, ask)).toEqual(['ok', 'ok', 'quota'])
  })
})
