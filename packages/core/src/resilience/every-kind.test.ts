import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { ImageModel } from '../contract/image.ts'
import type { VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { embedMany } from '../generate/embed-many.ts'
import { generateImage } from '../generate/generate-image.ts'
import { generateSpeech } from '../generate/generate-speech.ts'
import { generateText } from '../generate/generate-text.ts'
import { generateVideo, resumeVideo, startVideo } from '../generate/generate-video.ts'
import { rerank } from '../generate/rerank.ts'
import { transcribe } from '../generate/transcribe.ts'
import { memoryState } from '../state/memory.ts'
import { withBalance } from './balance.ts'
import { withBreaker } from './breaker.ts'
import { withConditions } from './conditions.ts'
import { withFallback } from './fallback.ts'
import { withHedge } from './hedge.ts'
import { type AnyCall, type AnyModel, asked, isValueKind, type Kind } from './kinds.ts'
import { withLimit } from './limit.ts'
import { withRetry } from './retry.ts'
import { withTimeout } from './timeout.ts'

type Given = (call: AnyCall) => Error | undefined | Promise<Error | undefined>

/** A model of a kind that counts its calls; `fail` says what a call fails with, and may take its time. */
function made(kind: Kind, id: string, fail: Given = () => undefined): AnyModel & { calls: AnyCall[] } {
  const calls: AnyCall[] = []
  const model = { provider: 'test', id }
  const finish = { type: 'finish', reason: 'stop', usage: { input: 1, output: 1 }, response: { ...model, model: id } }
  const events = (...content: object[]) =>
    async function* (call: AnyCall) {
      calls.push(call)
      const error = await fail(call)
      if (error) throw error
      yield* content
      yield finish
    }
  const value = (result: (call: never) => object) => async (call: AnyCall) => {
    calls.push(call)
    const error = await fail(call)
    if (error) throw error
    return { ...result(call as never), usage: { input: 1, output: 0 }, warnings: [] }
  }
  const file = { index: 0, mediaType: 'image/png', data: Uint8Array.of(1) }
  const job = { provider: 'test', model: id, job: id }
  const methods = {
    text: { stream: events({ type: 'text', text: id }) },
    code: { fill: events({ type: 'text', text: id }) },
    embedding: {
      embed: value(({ values }: { values: string[] }) => ({ embeddings: values.map(() => Float32Array.of(1)) })),
    },
    rerank: { rerank: value(() => ({ ranking: [{ index: 0, score: 1 }] })) },
    image: { generate: events({ type: 'image', ...file }) },
    speech: { speak: events({ type: 'audio', mediaType: 'audio/mpeg', data: Uint8Array.of(1) }) },
    transcription: { transcribe: events({ type: 'text', text: id }) },
    video: {
      film: events({ type: 'submitted', job }, { type: 'video', ...file, mediaType: 'video/mp4' }),
      resume: events({ type: 'video', ...file, mediaType: 'video/mp4' }),
    },
  }
  return { ...model, supports: {}, calls, ...methods[kind] } as unknown as AnyModel & { calls: AnyCall[] }
}

const requests: Readonly<Record<Kind, object>> = {
  text: { messages: [{ role: 'user', content: 'hi' }] },
  code: { prefix: 'a', suffix: 'b' },
  embedding: { values: ['a'] },
  rerank: { query: 'a', documents: ['b'] },
  image: { prompt: 'a star', count: 1 },
  speech: { text: 'Hi.' },
  transcription: { audio: { mediaType: 'audio/mpeg', data: Uint8Array.of(1) } },
  video: { prompt: 'a star', count: 1 },
}

/** Asks a model with a call of its kind. */
async function ask(kind: Kind, model: AnyModel, more: object = {}): Promise<void> {
  const answer = asked(model, { ...requests[kind], ...more })
  if (isValueKind(kind)) await answer
  else for await (const _part of answer as AsyncIterable<unknown>);
}

const down = (): Error => new AnyModelError('server', 'down', { status: 500, phase: 'headers' })
const kinds = Object.keys(requests) as Kind[]

describe.each(kinds)('%s models', (kind) => {
  // Embedding models must be one model under one name, code models of one family.
  const pair = (fail?: Given) => [made(kind, 'one/m', fail), made(kind, 'two/m')] as const

  it('share the calls by weight, and stand in for each other when they fail', async () => {
    const [a, b] = pair()
    const balance = withBalance([
      { model: a, weight: 1 },
      { model: b, weight: 0 },
    ])
    for (let n = 0; n < 3; n++) await ask(kind, balance)
    expect([a.calls.length, b.calls.length]).toEqual([3, 0])
    const [c, d] = pair(down)
    await ask(
      kind,
      withBalance([
        { model: c, weight: 1 },
        { model: d, weight: 0 },
      ]),
    )
    expect([c.calls.length, d.calls.length]).toEqual([1, 1])
  })

  it('are chosen by their cost', async () => {
    const [a, b] = pair()
    const price = (one: number) => ({
      input: one,
      output: one,
      picture: one,
      second: one,
      characters: one,
      request: one,
    })
    const balance = withBalance(
      [
        { model: a, price: price(2) },
        { model: b, price: price(1) },
      ],
      { strategy: 'cost' },
    )
    await ask(kind, balance, { seconds: 3 })
    expect([a.calls.length, b.calls.length]).toEqual([0, 1])
  })

  it('are one place in line of a fallback as a balance', async () => {
    const [a] = pair(down)
    const [b, last] = [made(kind, 'two/m', down), made(kind, 'three/m')]
    await ask(kind, withFallback([withBalance([a, b]), last] as AnyModel[], { retries: 0 }))
    expect([a.calls.length, b.calls.length, last.calls.length]).toEqual([1, 1, 1])
  })

  it('get the calls with their tags, and are passed over for others', async () => {
    const [a, b] = pair()
    const model = withFallback([withConditions(a, { tags: { tier: 'gold' } }), b] as AnyModel[])
    await ask(kind, model, { tags: { tier: 'gold' } })
    await ask(kind, model, { tags: { tier: 'tin' } })
    await ask(kind, model)
    expect([a.calls.length, b.calls.length]).toEqual([1, 2])
    const refusal = await ask(kind, withConditions(a, { tags: { tier: 'gold' } })).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'unsupported' })
    expect(a.calls).toHaveLength(1)
  })

  it('are not asked while a breaker is open', async () => {
    const [a] = pair(down)
    const model = withBreaker(a, { failures: 2 })
    for (let n = 0; n < 4; n++) await ask(kind, model).catch(() => {})
    expect(a.calls).toHaveLength(2)
  })

  it('are asked so many times at once as a limit lets through', async () => {
    const [a] = pair()
    const model = withLimit(a, { requestsPerMinute: 2, queue: { timeout: 0 } })
    const answers = await Promise.allSettled([1, 2, 3].map(() => ask(kind, model)))
    expect(answers.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'rate-limit' } }])
    expect(a.calls).toHaveLength(2)
  })

  it('stay of their kind in every wrapper', async () => {
    const [a] = pair()
    await ask(kind, withRetry(withTimeout(withBreaker(withConditions(a, {})), { total: 5_000 })))
    expect(a.calls).toHaveLength(1)
  })
})

/** Does not answer before it is given up. */
const silent: Given = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe.each(kinds.filter((kind) => kind !== 'video'))('a hedge of %s models', (kind) => {
  const hedge = (model: AnyModel, to: AnyModel) =>
    withHedge(model as ImageModel, { to: to as ImageModel, after: 5, maxExtra: 1 })

  it('asks the other one when the first is slow, and gives up the slower', async () => {
    const [slow, fast] = [made(kind, 'one/m', silent), made(kind, 'two/m')]
    await ask(kind, hedge(slow, fast))
    expect([slow.calls.length, fast.calls.length]).toEqual([1, 1])
    expect(slow.calls[0]?.signal?.aborted).toBe(true)
    expect(fast.calls[0]?.signal?.aborted).toBe(false)
  })

  it('goes on with the first when the other fails, and asks nobody twice in vain', async () => {
    const late: Given = () => new Promise((resolve) => setTimeout(() => resolve(undefined), 30))
    const [slow, broken] = [made(kind, 'one/m', late), made(kind, 'two/m', down)]
    await ask(kind, hedge(slow, broken))
    const [first, other] = [made(kind, 'one/m'), made(kind, 'two/m')]
    await ask(kind, hedge(first, other))
    expect([slow, broken, first, other].map(({ calls }) => calls.length)).toEqual([1, 1, 1, 0])
  })

  it('ends with the reason of an abort', async () => {
    const abort = new AbortController()
    const answer = ask(kind, hedge(made(kind, 'one/m', silent), made(kind, 'two/m', silent)), { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('enough')), 20)
    await expect(answer).rejects.toThrow('enough')
  })
})

describe('a hedge', () => {
  it('tells progress of the first model alone, and what the loser was sent', async () => {
    const drawing = (id: string, pause: number): ImageModel => ({
      provider: 'test',
      id,
      supports: {},
      async *generate({ signal }) {
        yield { type: 'progress', fraction: 0.1 }
        await new Promise((resolve) => setTimeout(resolve, pause))
        signal?.throwIfAborted()
        yield { type: 'image', index: 0, mediaType: 'image/png', data: Uint8Array.of(1) }
        yield { type: 'finish', usage: {}, response: { provider: 'test', model: id } }
      },
    })
    const model = withHedge(drawing('a', 500), { to: drawing('b', 0), after: 5, maxExtra: 1 })
    const seen: string[] = []
    for await (const event of model.generate({ prompt: 'a red star', count: 1 })) {
      seen.push(event.type)
      if (event.type === 'notice' && event.kind === 'hedge')
        expect(event.attempt).toMatchObject({ model: 'a', outcome: 'aborted', usage: { input: 3 }, isEstimate: true })
    }
    expect(seen).toEqual(['progress', 'notice', 'image', 'finish'])
  })

  it('is for two models of one kind, of one model where vectors matter, and not for videos', () => {
    const [a, b] = [made('embedding', 'a') as EmbeddingModel, made('embedding', 'b') as EmbeddingModel]
    expect(() => withHedge(a, { to: b })).toThrow(/can't be compared/)
    expect(withHedge(a, { to: b, sameVectors: true })).toBeDefined()
    expect(() => withHedge(a, { to: made('text', 'b') as never })).toThrow(/of the same kind, embedding/)
    expect(() => withHedge(made('video', 'a') as never, { to: made('video', 'b') as never })).toThrow(/no hedge/)
  })
})

describe('a balance', () => {
  it('tells by its types what it is', async () => {
    const image: ImageModel = withBalance([made('image', 'a') as ImageModel])
    const { images } = await generateImage({ model: image, prompt: 'a star' })
    expect(images).toHaveLength(1)
  })

  it('goes on with the job of a video where it began', async () => {
    const [a, b] = [made('video', 'a'), made('video', 'b')] as unknown as [VideoModel, VideoModel]
    const balance = withBalance([
      { model: a, weight: 0 },
      { model: b, weight: 1 },
    ])
    const job = await startVideo({ model: balance, prompt: 'a star' })
    expect(job.model).toBe('b')
    const nested: VideoModel = withFallback([balance, made('video', 'c') as unknown as VideoModel])
    const { videos, response } = await resumeVideo({ model: nested, job })
    expect([videos.length, response.model]).toEqual([1, 'b'])
    expect((await generateVideo({ model: nested, prompt: 'a star' })).videos).toHaveLength(1)
  })

  it('takes embedding models that are one model, and no others', () => {
    const models = [made('embedding', 'a'), made('embedding', 'b')]
    expect(() => withBalance(models)).toThrow(/can't be compared/)
    expect(() => withFallback([withBalance([models[0] as AnyModel]), models[1] as AnyModel])).toThrow(
      /can't be compared/,
    )
    expect(withBalance(models, { sameVectors: true })).toBeDefined()
  })

  it('passes pictures to those that can do what is asked for', async () => {
    const [plain, editor] = [made('image', 'a'), made('image', 'b')]
    const model = withBalance([
      { model: plain, weight: 1 },
      { model: { ...editor, supports: { images: 1 } } as AnyModel, weight: 0 },
    ]) as ImageModel
    await generateImage({ model, prompt: 'bluer', images: [{ data: Uint8Array.of(1), mediaType: 'image/png' }] })
    expect([plain.calls.length, editor.calls.length]).toEqual([0, 1])
  })

  it('is of one kind', () => {
    const mixed = [made('text', 'a'), made('image', 'b')]
    expect(() => withBalance(mixed)).toThrow(/all of one kind, not text and image/)
  })
})

describe('limits of a day and a month', () => {
  afterEach(() => void vi.useRealTimers())

  it('count besides those of a minute, and say when there is room again', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2028, 1, 29, 23, 59, 50) })
    const time = { now: 0 }
    const state = memoryState({ now: () => time.now })
    const of = (more: object) =>
      withLimit(made('image', 'm'), { state, key: JSON.stringify(more), queue: { timeout: 0 }, ...more })
    const codes = async (model: AnyModel) => {
      const found = []
      for (let n = 0; n < 3; n++)
        found.push(
          await ask('image', model).then(
            () => 'ok',
            (error) => error.retryAfter,
          ),
        )
      return found
    }
    const [daily, monthly] = [of({ requestsPerDay: 2, requestsPerMinute: 10 }), of({ requestsPerMonth: 2 })]
    expect(await codes(daily)).toEqual(['ok', 'ok', expect.any(Number)])
    // The end of February.
    expect(await codes(monthly)).toEqual(['ok', 'ok', 10_000])
    time.now += 10_000
    vi.setSystemTime(Date.UTC(2028, 2, 1))
    expect((await codes(monthly)).slice(0, 2)).toEqual(['ok', 'ok'])
    time.now += 60_000
    expect((await codes(daily))[0]).toBeGreaterThan(80_000_000)
    time.now += 90_000_000
    expect((await codes(daily)).slice(0, 2)).toEqual(['ok', 'ok'])
  })

  it('are refused where a kind has no tokens', () => {
    expect(() => withLimit(made('video', 'm'), { tokensPerDay: 5 })).toThrow(/tokensPerDay says nothing about video/)
  })
})

describe('the verbs', () => {
  it('hand tags to the models', async () => {
    const tags = { tenant: 'a' }
    const models = Object.fromEntries(kinds.map((kind) => [kind, made(kind, 'm')])) as Record<Kind, never>
    await generateText({ model: models.text, prompt: 'hi', tags })
    await embedMany({ model: models.embedding, values: ['a'], tags })
    await rerank({ model: models.rerank, query: 'a', documents: ['b'], tags })
    await generateImage({ model: models.image, prompt: 'a', tags })
    await generateSpeech({ model: models.speech, text: 'a', tags })
    await transcribe({ model: models.transcription, audio: { data: Uint8Array.of(1), mediaType: 'audio/mpeg' }, tags })
    await generateVideo({ model: models.video, prompt: 'a', tags })
    for (const kind of kinds.filter((kind) => kind !== 'code'))
      expect((models[kind] as { calls: AnyCall[] }).calls[0]?.tags, kind).toEqual(tags)
  })
})
