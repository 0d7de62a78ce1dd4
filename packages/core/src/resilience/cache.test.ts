import { describe, expect, it } from 'vitest'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { ImageModel } from '../contract/image.ts'
import type { RerankModel } from '../contract/rerank.ts'
import type { SpeechModel } from '../contract/speech.ts'
import type { TranscriptionModel } from '../contract/transcription.ts'
import { embed } from '../generate/embed.ts'
import { generateImage } from '../generate/generate-image.ts'
import { generateSpeech } from '../generate/generate-speech.ts'
import { rerank } from '../generate/rerank.ts'
import { transcribe } from '../generate/transcribe.ts'
import { memoryState } from '../state/memory.ts'
import { withCache } from './cache.ts'

const response = { provider: 'test', model: 'm', headers: { 'x-secret': '1' } }
const usage = { input: 5, output: 7 }
const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms))

/** A model whose calls are counted. */
const counted = <M extends object>(make: (count: () => void) => M) => {
  const calls = { count: 0 }
  return { calls, model: { provider: 'test', id: 'm', supports: {}, ...make(() => void calls.count++) } }
}

const drawer = () =>
  counted<Pick<ImageModel, 'generate' | 'supports'>>((count) => ({
    supports: { knobs: ['seed'], previews: true },
    async *generate() {
      count()
      await pause()
      yield { type: 'progress', fraction: 0.5 }
      yield { type: 'preview', index: 0, mediaType: 'image/png', data: Uint8Array.of(9) }
      yield { type: 'image', index: 0, mediaType: 'image/png', data: Uint8Array.of(1, 2, 3), seed: 7 }
      yield { type: 'finish', usage, response }
    },
  }))

const listener = () =>
  counted<Pick<TranscriptionModel, 'transcribe' | 'supports'>>((count) => ({
    supports: { knobs: ['temperature'] },
    async *transcribe() {
      count()
      yield { type: 'text', text: 'Hello ' }
      yield { type: 'text', text: 'there.' }
      yield { type: 'segment', segment: { text: 'Hello there.', start: 0, end: 1.5 } }
      yield { type: 'finish', language: 'en', seconds: 1.5, usage, response }
    },
  }))

const speaker = () =>
  counted<Pick<SpeechModel, 'speak' | 'supports'>>((count) => ({
    supports: { knobs: ['voice'] },
    async *speak() {
      count()
      yield { type: 'audio', mediaType: 'audio/mpeg', data: Uint8Array.of(1, 2) }
      yield { type: 'audio', mediaType: 'audio/mpeg', data: Uint8Array.of(3) }
      yield { type: 'finish', usage, response }
    },
  }))

const ranker = () =>
  counted<Pick<RerankModel, 'rerank'>>((count) => ({
    async rerank({ documents }) {
      count()
      await pause()
      return { ranking: documents.map((_, index) => ({ index, score: 1 - index / 10 })), usage, warnings: [] }
    },
  }))

const audio = (bytes: number[]) => ({ data: Uint8Array.from(bytes), mediaType: 'audio/mpeg' })

describe('an answer that is kept', () => {
  it('is a picture with its seed; other seeds and prompts, and calls without a seed, ask anew', async () => {
    const { model, calls } = drawer()
    const cached = withCache(model)
    const draw = (more: object) => generateImage({ model: cached, prompt: 'a star', ...more })
    const first = await draw({ seed: 7 })
    const again = await draw({ seed: 7, previews: true })
    expect([calls.count, first.usage, again.usage]).toEqual([1, usage, { input: 0, output: 0, total: 0 }])
    const [image] = again.images
    expect([image?.mediaType, image?.seed, [...(image?.data ?? [])]]).toEqual(['image/png', 7, [1, 2, 3]])
    expect(again.response.cached).toMatchObject({ by: 'exact', usage })
    await draw({ seed: 8 })
    await draw({ seed: 7, prompt: 'a moon' })
    await draw({})
    await draw({})
    expect(calls.count).toBe(5)
    const every = withCache(drawer().model, { anyTemperature: true })
    await generateImage({ model: every, prompt: 'a star' })
    expect((await generateImage({ model: every, prompt: 'a star' })).response.cached?.by).toBe('exact')
  })

  it('is a transcript with its segments and its length, by the bytes of the sound', async () => {
    const { model, calls } = listener()
    const cached = withCache(model)
    const first = await transcribe({ model: cached, audio: audio([1, 2]) })
    const again = await transcribe({ model: cached, audio: audio([1, 2]) })
    const { usage: _first, response: _response, attempts: _attempts, ...told } = first
    expect(again).toMatchObject(told)
    expect([calls.count, again.text, again.seconds]).toEqual([1, 'Hello there.', 1.5])
    await transcribe({ model: cached, audio: audio([1, 3]) })
    await transcribe({ model: cached, audio: audio([1, 2]), temperature: 0.5 })
    expect(calls.count).toBe(3)
  })

  it('is speech, by text and voice', async () => {
    const { model, calls } = speaker()
    const cached = withCache(model)
    const say = (voice: string) => generateSpeech({ model: cached, text: 'Hi.', voice })
    await say('a')
    expect([...(await say('a')).audio.data]).toEqual([1, 2, 3])
    await say('b')
    expect(calls.count).toBe(2)
  })

  it('is an order of documents', async () => {
    const { model, calls } = ranker()
    const cached = withCache(model)
    const order = (documents: string[]) => rerank({ model: cached, query: 'q', documents })
    const first = await order(['a', 'b'])
    const again = await order(['a', 'b'])
    expect([calls.count, again.ranking, again.usage.input]).toEqual([1, first.ranking, 0])
    await order(['b', 'a'])
    expect(calls.count).toBe(2)
  })

  it('is in the state without the headers of its response', async () => {
    const texts: string[] = []
    const inner = memoryState()
    const state = {
      ...inner,
      set: (key: string, value: string, ttl: number) => inner.set(key, value, texts.push(value) && ttl),
    }
    await generateSpeech({ model: withCache(speaker().model, { state }), text: 'Hi.' })
    expect(texts).toHaveLength(1)
    expect(texts[0]).not.toContain('x-secret')
  })

  it('is nothing that others wrote there', async () => {
    const state = {
      ...memoryState(),
      get: async () => '{"madeAt":1,"parts":[{"type":"image"}],"finish":{"type":"finish","response":{"model":"m"}}}',
    }
    const { model, calls } = drawer()
    expect((await generateImage({ model: withCache(model, { state }), prompt: 'a', seed: 1 })).images).toHaveLength(1)
    expect(calls.count).toBe(1)
  })
})

describe('calls at the same time', () => {
  it('share one request, of values as well; who aborts leaves alone', async () => {
    const { model, calls } = ranker()
    const cached = withCache(model)
    const abort = new AbortController()
    const ask = (signal?: AbortSignal) =>
      rerank({ model: cached, query: 'q', documents: ['a'], ...(signal ? { signal } : {}) })
    const all = [ask(abort.signal), ask(), ask()]
    setTimeout(() => abort.abort(new Error('enough')), 1)
    const ended = await Promise.allSettled(all)
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(calls.count).toBe(1)
  })
})

describe('a call', () => {
  it('of any kind may ask anew, leave nothing, and share only within its tenant and namespace', async () => {
    const { model, calls } = ranker()
    const cached = withCache(model)
    const ask = (more: object = {}) => rerank({ model: cached, query: 'q', documents: ['a'], ...more })
    await ask({ cache: { write: false } })
    await ask()
    await ask({ cache: { read: false } })
    await ask({ tags: { tenant: 'b' } })
    await ask({ cache: { namespace: 'c' } })
    expect(calls.count).toBe(5)
    await ask()
    expect(calls.count).toBe(5)
  })

  it('for vectors may ask anew and leave nothing', async () => {
    const { model, calls } = counted<Pick<EmbeddingModel, 'embed'>>((count) => ({
      async embed({ values }) {
        count()
        return { embeddings: values.map(() => Float32Array.of(1)), usage, warnings: [] }
      },
    }))
    const cached = withCache(model)
    const ask = (more: object = {}) => embed({ model: cached, value: 'a', ...more })
    await ask({ cache: { write: false } })
    await ask()
    await ask()
    await ask({ cache: { read: false } })
    expect(calls.count).toBe(3)
  })
})

it('videos, and other kinds by their meaning, are refused', () => {
  const video = { provider: 'test', id: 'v', supports: {}, film: () => {}, resume: () => {} }
  expect(() => withCache(video as never)).toThrow(/videos are not kept/)
  expect(() => withCache(drawer().model, { mode: 'semantic' })).toThrow(/not for image models/)
})
