import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CodeModel } from '../contract/code.ts'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { ImageCall, ImageEvent, ImageModel } from '../contract/image.ts'
import type { RerankModel } from '../contract/rerank.ts'
import type { SpeechCall, SpeechEvent, SpeechModel } from '../contract/speech.ts'
import type { TranscriptionEvent, TranscriptionModel } from '../contract/transcription.ts'
import { AnyModelError, type ErrorCode, type ErrorInfo } from '../errors.ts'
import { editImage } from '../generate/edit-image.ts'
import { embed } from '../generate/embed.ts'
import { embedMany } from '../generate/embed-many.ts'
import { generateImage } from '../generate/generate-image.ts'
import { generateSpeech } from '../generate/generate-speech.ts'
import { rerank } from '../generate/rerank.ts'
import { streamImage } from '../generate/stream-image.ts'
import { transcribe } from '../generate/transcribe.ts'
import { upscaleImage } from '../generate/upscale-image.ts'
import { withBreaker } from './breaker.ts'
import { withFallback } from './fallback.ts'
import { withRetry } from './retry.ts'
import { withTimeout } from './timeout.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const failure = (code: ErrorCode = 'server', info?: ErrorInfo) => new AnyModelError(code, `${code} happened.`, info)
const response = (model: string) => ({ provider: 'test', model })
const finish = (model: string) => ({ type: 'finish', usage: {}, response: response(model) }) as const

type Step<E> = E | Error | 'silent' | number

/** Plays a script per call; the last one stays. A number is a wait in ms. */
function player<C, E>(scripts: readonly (readonly Step<E>[])[]) {
  const calls: C[] = []
  const play = async function* (call: C & { readonly signal?: AbortSignal }): AsyncGenerator<E> {
    const script = scripts[Math.min(calls.push(call), scripts.length) - 1] ?? []
    for (const step of script) {
      if (step instanceof Error) throw step
      if (step === 'silent') await new Promise((_, reject) => call.signal?.addEventListener('abort', reject))
      else if (typeof step === 'number') await new Promise((resolve) => setTimeout(resolve, step))
      else yield step as E
    }
  }
  return { calls, play }
}

const picture = (index = 0) =>
  ({ type: 'image', index, mediaType: 'image/png', data: Uint8Array.of(index) }) as const satisfies ImageEvent
const preview = { type: 'preview', index: 0, mediaType: 'image/png', data: Uint8Array.of(9) } as const
const progress = { type: 'progress', fraction: 0.5 } as const

function drawer(id: string, scripts: Step<ImageEvent>[][], supports: ImageModel['supports'] = {}) {
  const { calls, play } = player<ImageCall, ImageEvent>(scripts)
  const model: ImageModel & { calls: ImageCall[] } = { provider: 'test', id, supports, calls, generate: play }
  return model
}

const sound = (byte: number) => ({ type: 'audio', mediaType: 'audio/mpeg', data: Uint8Array.of(byte) }) as const

function speaker(id: string, scripts: Step<SpeechEvent>[][], supports: SpeechModel['supports'] = {}) {
  const { calls, play } = player<SpeechCall, SpeechEvent>(scripts)
  const model: SpeechModel & { calls: SpeechCall[] } = { provider: 'test', id, supports, calls, speak: play }
  return model
}

const listener = (id: string, script: Step<TranscriptionEvent>[]): TranscriptionModel => ({
  provider: 'test',
  id,
  supports: {},
  transcribe: player<unknown, TranscriptionEvent>([script]).play,
})

function embedder(id: string, give: () => readonly number[] | Error) {
  const model: EmbeddingModel & { count: number } = {
    provider: 'test',
    id,
    count: 0,
    async embed({ values }) {
      model.count++
      const vector = give()
      if (vector instanceof Error) throw vector
      return { embeddings: values.map(() => Float32Array.from(vector)), usage: {}, warnings: [] }
    },
  }
  return model
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  let done = false
  promise
    .finally(() => {
      done = true
    })
    .catch(() => {})
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve))
    await vi.runAllTimersAsync()
  }
  return promise
}

const draw = (model: ImageModel, more: object = {}) => settled(generateImage({ model, prompt: 'a star', ...more }))
const say = (model: SpeechModel, more: object = {}) => settled(generateSpeech({ model, text: 'Hi.', ...more }))
const write = (model: TranscriptionModel) =>
  settled(transcribe({ model, audio: { data: Uint8Array.of(1), mediaType: 'audio/wav' } }))

describe('withRetry', () => {
  it('asks again for a picture, also after progress and previews', async () => {
    const model = drawer('a', [
      [progress, preview, failure()],
      [picture(), finish('a')],
    ])
    const { images, attempts } = await draw(withRetry(model))
    expect(images).toHaveLength(1)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['server', 'ok'])
  })

  it('never after a picture that is done, a piece of sound, or of text', async () => {
    const drawing = drawer('a', [[picture(), failure()]])
    const speaking = speaker('a', [[sound(1), failure()]])
    await expect(draw(withRetry(drawing))).rejects.toMatchObject({ code: 'server' })
    await expect(say(withRetry(speaking))).rejects.toMatchObject({ code: 'server' })
    await expect(write(withRetry(listener('a', [{ type: 'text', text: 'x' }, failure()])))).rejects.toMatchObject({
      code: 'server',
    })
    expect([drawing.calls.length, speaking.calls.length]).toEqual([1, 1])
  })
})

describe('withTimeout', () => {
  const clockOf = (outcome: Promise<unknown>) =>
    outcome.then(
      () => 'none',
      (error: AnyModelError) => error.clock,
    )

  it('the first content of a picture is a preview or the picture, not progress', async () => {
    const of = (script: Step<ImageEvent>[]) => clockOf(draw(withTimeout(drawer('a', [script]), { firstContent: 100 })))
    expect(await of([progress, 200, picture(), finish('a')])).toBe('firstContent')
    expect(await of([preview, 200, picture(), finish('a')])).toBe('none')
  })

  it('progress shows that work goes on', async () => {
    const slow = (idle: number) =>
      clockOf(draw(withTimeout(drawer('a', [[preview, 80, progress, 80, picture(), finish('a')]]), { idle })))
    expect([await slow(100), await slow(50)]).toEqual(['none', 'idle'])
  })

  it('sound and transcripts have clocks', async () => {
    expect(await clockOf(say(withTimeout(speaker('a', [['silent']]), { firstContent: 50 })))).toBe('firstContent')
    expect(await clockOf(write(withTimeout(listener('a', ['silent']), { total: 50 })))).toBe('total')
  })

  it('vectors come by the first clock, and nobody has to watch a signal', async () => {
    const silent: EmbeddingModel = { provider: 'test', id: 'e', embed: () => new Promise(() => {}) }
    const error = await settled(
      embed({ model: withTimeout(silent, { firstContent: 50, total: 90 }), value: 'x' }).catch((thrown) => thrown),
    )
    expect(error).toMatchObject({ code: 'timeout', clock: 'firstContent', phase: 'pre-content' })
    const quick = withTimeout(
      embedder('e', () => [1]),
      { total: 50 },
    )
    expect((await settled(embed({ model: quick, value: 'x' }))).embedding).toEqual(Float32Array.of(1))
    expect(vi.getTimerCount()).toBe(0)
    const controller = new AbortController()
    const left = embed({ model: withTimeout(silent, { total: 50 }), value: 'x', signal: controller.signal })
    controller.abort('enough')
    await expect(left).rejects.toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('withFallback', () => {
  it('pictures: the next model draws when one fails before a picture is done', async () => {
    const a = drawer('a', [[progress, preview, failure('auth')]])
    const { images, attempts, response } = await draw(withFallback([a, drawer('b', [[picture(), finish('b')]])]))
    expect(images).toHaveLength(1)
    expect(response.model).toBe('b')
    expect(attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['a', 'auth'],
      ['b', 'ok'],
    ])
  })

  it('pictures: what breaks off after that is the error, and no picture comes twice', async () => {
    const a = drawer('a', [[picture(), failure('network')]], { maxCount: 2 })
    const b = drawer('b', [[picture(0), picture(1), finish('b')]], { maxCount: 2 })
    const stream = streamImage({ model: withFallback([a, b]), prompt: 'a star', n: 2 })
    const seen: string[] = []
    const reading = (async () => {
      for await (const event of stream) seen.push(event.type)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'network' })
    expect(seen).toEqual(['image'])
    expect(b.calls).toHaveLength(0)
  })

  it('an end that nobody announced is a failure', async () => {
    const { response } = await draw(withFallback([drawer('a', [[]]), drawer('b', [[picture(), finish('b')]])]))
    expect(response.model).toBe('b')
  })

  it('pictures: can what all can; tuning options that a model lacks are left out for it, with a warning', async () => {
    const a = drawer('a', [[failure('auth')]], { maxCount: 4, images: 3, mask: true, knobs: ['seed', 'steps'] })
    const b = drawer('b', [[picture(), finish('b')]], { maxCount: 2, images: 1, knobs: ['seed'] })
    const model = withFallback([a, b])
    expect(model.supports).toMatchObject({ maxCount: 2, images: 1, mask: false, knobs: ['seed', 'steps'] })
    const { warnings } = await draw(model, { seed: 1, steps: 4 })
    expect(warnings.map(({ option }) => option)).toEqual(['steps'])
    expect(b.calls[0]).not.toHaveProperty('steps')
    expect(b.calls[0]).toMatchObject({ seed: 1 })
  })

  it('pictures: models that lack a task are passed over for it, and no others', async () => {
    const file = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)
    const a = drawer('a', [[picture(), finish('a')]])
    const b = drawer('b', [[failure('quota')], [picture(), finish('b')]], { images: 3, mask: true })
    const c = drawer('c', [[picture(), finish('c')]], { images: 2, mask: true, tasks: ['edit', 'variation'] })
    const d = drawer('d', [[picture(), finish('d')]], { tasks: ['upscale'] })
    const model = withFallback([a, b, c, d])
    const tasks = ['generate', 'edit', 'variation', 'upscale']
    expect(model.supports).toMatchObject({ tasks, images: 1, mask: true })
    const edited = await settled(editImage({ model, image: file, mask: file, instruction: 'red' }))
    expect(edited.attempts.map(({ model }) => model)).toEqual(['b', 'c'])
    expect((await settled(editImage({ model, image: file }))).response.model).toBe('c')
    expect((await settled(upscaleImage({ model, image: file, factor: 2 }))).response.model).toBe('d')
    expect(d.calls).toMatchObject([{ upscale: { factor: 2 } }])
    expect((await draw(model)).response.model).toBe('a')
    await expect(editImage({ model: withFallback([a, d]), image: file, instruction: 'x' })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('speech: the next model speaks, with a voice of its own', async () => {
    const a = speaker('a', [[failure('quota')]], { voices: ['nova'], knobs: ['voice'] })
    const b = speaker('b', [[sound(7), finish('b')]], { voices: ['heart'], knobs: ['voice'] })
    const { audio, warnings, attempts } = await say(withFallback([a, b]), { voice: 'nova' })
    expect([...audio.data]).toEqual([7])
    expect(b.calls[0]).not.toHaveProperty('voice')
    expect(warnings.map(({ message }) => message)).toEqual(['test/b has no voice "nova": it speaks with its own.'])
    expect(attempts).toHaveLength(2)
  })

  it('speech: never two halves of two voices', async () => {
    const b = speaker('b', [[sound(7), finish('b')]])
    await expect(say(withFallback([speaker('a', [[sound(1), failure('network')]]), b]))).rejects.toMatchObject({
      code: 'network',
    })
    expect(b.calls).toHaveLength(0)
  })

  it('transcripts and completions of code go on to the next model', async () => {
    const b = listener('b', [{ type: 'text', text: 'Hello.' }, finish('b')])
    expect((await write(withFallback([listener('a', [failure('auth')]), b]))).text).toBe('Hello.')
    const filler = (id: string, step: Error | string): CodeModel => ({
      provider: 'test',
      id,
      supports: { input: 'parts' },
      async *fill() {
        if (step instanceof Error) throw step
        yield { type: 'text', text: step }
        yield { ...finish(id), reason: 'stop' }
      },
    })
    const parts: string[] = []
    const model = withFallback([filler('a', failure('auth')), filler('b', 'x + 1')])
    for await (const part of model.fill({ prefix: '', suffix: '' })) parts.push(part.type)
    expect(parts).toEqual(['notice', 'text', 'finish'])
  })

  it('code models that read prompts of their own family do not stand in for each other', () => {
    const filler = (id: string, input: 'parts' | 'prompt'): CodeModel => ({
      provider: 'test',
      id,
      supports: { input },
      fill: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) }),
    })
    expect(() => withFallback([filler('a', 'prompt'), filler('b', 'prompt')])).toThrow('each in its own way')
    expect(() => withFallback([filler('a', 'parts'), filler('b', 'prompt')])).toThrow('each in its own way')
    expect(withFallback([filler('a', 'prompt'), filler('a', 'prompt')]).supports.input).toBe('prompt')
  })

  it('reranking goes on to the next model, within its attempts', async () => {
    const ranker = (id: string, fails: boolean): RerankModel & { count: number } => {
      const model = {
        provider: 'test',
        id,
        count: 0,
        async rerank() {
          model.count++
          if (fails) throw failure()
          return { ranking: [{ index: 1, score: 1 }], usage: {}, warnings: [] }
        },
      }
      return model
    }
    const [a, b] = [ranker('a', true), ranker('b', false)]
    const call = { query: 'q', documents: ['x', 'y'] }
    const { ranking } = await settled(rerank({ model: withFallback([a, b]), ...call }))
    expect(ranking[0]?.index).toBe(1)
    expect([a.count, b.count]).toEqual([2, 1])
    const c = ranker('c', true)
    const bounded = withFallback([ranker('d', true), c], { maxAttempts: 2, retries: 5 })
    await expect(settled(rerank({ model: bounded, ...call }))).rejects.toMatchObject({ code: 'server' })
    expect(c.count).toBe(0)
  })

  it('an abort during a wait rejects with the reason', async () => {
    const limited = embedder('e', () => failure('rate-limit', { retryAfter: 5_000 }))
    const controller = new AbortController()
    const outcome = embed({ model: withFallback([limited]), value: 'x', signal: controller.signal })
    outcome.catch(() => {})
    await vi.advanceTimersByTimeAsync(100)
    controller.abort('enough')
    await expect(outcome).rejects.toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('withBreaker', () => {
  it('stops asking a model of any kind, and a fallback asks the next without an attempt for it', async () => {
    const a = drawer('a', [[failure()]])
    const guarded = withBreaker(a, { failures: 2, cooldown: 60_000 })
    const b = drawer('b', [[picture(), finish('b')]])
    const model = withFallback([guarded, b], { retries: 0, cooldown: 0 })
    for (let call = 0; call < 4; call++) expect((await draw(model)).response.model).toBe('b')
    expect(a.calls).toHaveLength(2)
    await expect(draw(guarded)).rejects.toMatchObject({ providerCode: 'circuit-open' })
    const vectors = embedder('e5', () => failure())
    const refused = withBreaker(vectors, { failures: 1 })
    await expect(embed({ model: refused, value: 'x' })).rejects.toMatchObject({ providerCode: undefined })
    await expect(embed({ model: refused, value: 'x' })).rejects.toMatchObject({ providerCode: 'circuit-open' })
    const last = withFallback([refused, embedder('e5', () => [1])], { retries: 0, maxAttempts: 1 })
    expect((await settled(embed({ model: last, value: 'x' }))).embedding).toHaveLength(1)
    expect(vectors.count).toBe(1)
  })

  it('an answer closes it again', async () => {
    let fails = true
    const model = withBreaker(
      embedder('e5', () => (fails ? failure() : [1])),
      { failures: 1, cooldown: 1_000, random: () => 0 },
    )
    const code = () =>
      embed({ model, value: 'x' }).then(
        () => 'ok',
        (error: AnyModelError) => error.providerCode ?? error.code,
      )
    expect([await code(), await code()]).toEqual(['server', 'circuit-open'])
    fails = false
    vi.setSystemTime(Date.now() + 1_000)
    expect([await code(), await code()]).toEqual(['ok', 'ok'])
  })
})

describe('withFallback of embedding models', () => {
  it('the same model at another provider stands in', async () => {
    const a = embedder('text-embed-3', () => failure('auth'))
    const b = embedder('openai/Text-Embed-3', () => [1, 2])
    const model = withFallback([{ ...a, maxBatch: 8 }, b])
    expect(model.maxBatch).toBe(8)
    expect((await settled(embed({ model, value: 'x' }))).embedding).toEqual(Float32Array.of(1, 2))
  })

  it('another model is refused before anything is sent, unless it is said to be the same', async () => {
    const models = [embedder('e5', () => failure('auth')), embedder('bge', () => [1])]
    expect(() => withFallback(models)).toThrow("Vectors of e5 and bge can't be compared")
    const model = withFallback(models, { sameVectors: true })
    expect((await settled(embed({ model, value: 'x' }))).embedding).toEqual(Float32Array.of(1))
  })

  it('a vector of another length is no vector of that model', async () => {
    let fails = false
    const a = embedder('e5', () => (fails ? failure('auth') : [1, 2]))
    const b = embedder('e5', () => [1, 2, 3])
    const model = withFallback([a, b])
    await settled(embedMany({ model, values: ['x', 'y'] }))
    fails = true
    await expect(settled(embed({ model, value: 'x' }))).rejects.toMatchObject({ code: 'malformed' })
    expect((await settled(embed({ model, value: 'x', dimensions: 3 }))).embedding).toHaveLength(3)
  })
})
