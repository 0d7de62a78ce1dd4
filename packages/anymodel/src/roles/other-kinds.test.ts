import type { ImageModel, RerankModel, SpeechModel, TranscriptionModel, VideoModel } from '@anymodel/core'
import { AnyModelError } from '@anymodel/core'
import { expect, onTestFinished, test } from 'vitest'
import { describe as describeConfig } from '../cli/description.ts'
import { type AnyModel, anymodel } from '../client.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { testFile, testFolder } from '../testing/config-file.ts'

async function client(config: Config): Promise<AnyModel> {
  const ai = await anymodel({ config })
  onTestFinished(() => ai.close())
  return ai
}

const finish = (model: string) => ({ type: 'finish', usage: {}, response: { provider: 'test', model } }) as const

/** Draws after so long, or fails. */
function drawer(id: string, { ms = 0, fails = false, provider = 'test' } = {}) {
  const model: ImageModel & { count: number } = {
    provider,
    id,
    supports: { knobs: ['seed', 'size'], maxCount: 4, images: 1 },
    count: 0,
    async *generate({ count, signal }) {
      model.count++
      await new Promise((resolve) => setTimeout(resolve, ms))
      signal?.throwIfAborted()
      if (fails) throw new AnyModelError('server', 'down', { status: 500, phase: 'headers' })
      for (let index = 0; index < count; index++)
        yield { type: 'image', index, mediaType: 'image/png', data: Uint8Array.of(1) }
      yield finish(id)
    },
  }
  return model
}

const draw = async (ai: AnyModel, more: object = {}) =>
  (await ai.generateImage({ model: 'picture', prompt: 'a star', ...more })).response.model
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    ({ code }) => code,
  )

test('pictures go where they fit: by number, pixels, what they start from, and tags', async () => {
  const ai = await client({
    models: {
      picture: {
        use: [
          { model: drawer('small'), when: { maxCount: 1, maxPixels: 300_000, modality: 'text' } },
          { model: drawer('gold'), when: { tags: { plan: 'gold' } } },
          drawer('large'),
        ],
      },
    },
  })
  const image = { data: Uint8Array.of(1), mediaType: 'image/png' }
  expect([
    await draw(ai),
    await draw(ai, { n: 2 }),
    await draw(ai, { size: '1024x1024' }),
    await draw(ai, { images: [image] }),
    await draw(ai, { n: 2, tags: { plan: 'gold' } }),
  ]).toEqual(['small', 'large', 'large', 'large', 'gold'])
})

test('a balance shares them and hands over, a hedge overtakes, a breaker stops asking', async () => {
  const [down, up] = [drawer('down', { fails: true }), drawer('up')]
  const balance = {
    balance: 'weighted',
    of: [
      { model: down, weight: 1 },
      { model: up, weight: 0 },
    ],
  } as const
  const ai = await client({
    models: {
      picture: { use: balance, breaker: { failures: 2, cooldown: '1m' }, retry: { attempts: 1 }, cooldown: '1ms' },
      slow: { use: drawer('slow', { ms: 2_000 }), hedge: { to: { role: 'fast' }, after: '5ms', maxExtra: '100%' } },
      fast: drawer('fast'),
    },
  })
  for (let n = 0; n < 4; n++) expect(await draw(ai)).toBe('up')
  expect([down.count, up.count]).toEqual([2, 4])
  expect(await draw(ai, { model: 'slow' })).toBe('fast')
})

test('requests at once, dollars for pictures, and another role beyond them', async () => {
  const ai = await client({
    models: {
      picture: { use: { model: drawer('dear'), rpm: 3 }, budget: 'art' },
      cheap: drawer('cheap'),
      listed: { use: drawer('listed'), budget: 'month' },
    },
    budgets: {
      art: { limit: '0.1 usd', per: '1d', onExceed: { role: 'cheap' } },
      month: { limit: '1 usd', per: '1mo', by: 'tenant' },
    },
    prices: { 'test/dear': { picture: 0.04 }, 'test/listed': { picture: 0.6 } },
  })
  expect([await draw(ai), await draw(ai), await draw(ai)]).toEqual(['dear', 'dear', 'cheap'])
  const month = (tenant: string) => codeOf(draw(ai, { model: 'listed', tags: { tenant } }))
  expect([await month('a'), await month('a'), await month('b')]).toEqual(['ok', 'quota', 'ok'])
})

test('a balance by cost knows the prices of the config; one at a target wins', async () => {
  const [a, b] = [drawer('a'), drawer('b')]
  const of = (more: object) => ({ use: { balance: 'cost', of: [{ model: a, ...more }, b] } }) as const
  const ai = await client({
    models: { picture: of({}), other: of({ price: { picture: 0.01 } }) },
    prices: { 'test/a': { picture: 0.05 }, 'test/b': { picture: 0.02 } },
  })
  expect([await draw(ai), await draw(ai), await draw(ai, { model: 'other' })]).toEqual(['b', 'b', 'a'])
})

test('what is kept: pictures with a seed, transcripts, speech, orders of documents', async () => {
  let count = 0
  const model = { provider: 'test', id: 'm', supports: {} }
  const transcription: TranscriptionModel = {
    ...model,
    async *transcribe() {
      count++
      yield { type: 'text', text: 'Hi.' }
      yield finish('m')
    },
  }
  const speech: SpeechModel = {
    ...model,
    async *speak() {
      count++
      yield { type: 'audio', mediaType: 'audio/mpeg', data: Uint8Array.of(1) }
      yield finish('m')
    },
  }
  const order: RerankModel = {
    ...model,
    async rerank() {
      count++
      return { ranking: [{ index: 0, score: 1 }], usage: {}, warnings: [] }
    },
  }
  const picture = drawer('p')
  const kept = (use: never) => ({ use, cache: { ttl: '10m' } })
  const ai = await client({
    models: {
      picture: kept(picture as never),
      speech: kept(speech as never),
      transcription: kept(transcription as never),
      rerank: kept(order as never),
    },
  })
  for (let n = 0; n < 3; n++) {
    await draw(ai, { seed: 1 })
    await ai.transcribe({ model: 'transcription', audio: { data: Uint8Array.of(1), mediaType: 'audio/mpeg' } })
    await ai.generateSpeech({ model: 'speech', text: 'Hi.' })
    await ai.rerank({ model: 'rerank', query: 'q', documents: ['a'] })
  }
  expect([picture.count, count]).toEqual([1, 3])
})

test('videos have no cache and no hedge; what says nothing about a kind is told with the role', async () => {
  const film = { provider: 'test', id: 'v', supports: {}, film: () => {}, resume: () => {} } as unknown as VideoModel
  const ai = await client({
    models: {
      video: { use: film, cache: {} },
      picture: { use: { model: drawer('p'), when: { maxSeconds: 3 } } },
      chat: { use: drawer('q'), onBreak: 'restart' },
    },
  })
  await expect(ai.generateVideo({ model: 'video', prompt: 'a star' })).rejects.toThrow(
    /The role video sets cache, which/,
  )
  await expect(draw(ai)).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('The role picture: maxSeconds says nothing about calls to image models.'),
  })
  await expect(draw(ai, { model: 'chat' })).rejects.toThrow(/The role chat sets onBreak, which/)
})

test('two clients open a breaker together, by the state of their configs', async () => {
  const path = `${testFolder()}/state.db`
  const of = (model: ImageModel) => ({
    models: { picture: { use: model, breaker: { failures: 2, cooldown: '1m', shared: true }, retry: { attempts: 1 } } },
    state: { sqlite: path },
  })
  const [a, b] = [drawer('m', { fails: true }), drawer('m')]
  const first = await client(of(a))
  const second = await client(of(b))
  expect([await codeOf(draw(first)), await codeOf(draw(first))]).toEqual(['server', 'server'])
  await new Promise((resolve) => setTimeout(resolve, 100))
  await expect(draw(second)).rejects.toMatchObject({ providerCode: 'circuit-open' })
  expect(b.count).toBe(0)
})

test('what a balance learned is in the state of the config, for the next process', async () => {
  const path = `${testFolder()}/state.db`
  const models = () => [drawer('slow', { ms: 60 }), drawer('quick')] as const
  const of = ([slow, quick]: ReturnType<typeof models>) => ({
    models: { picture: { use: { balance: 'latency' as const, shared: true, of: [slow, quick] } } },
    state: { sqlite: path },
  })
  const [first, second] = [models(), models()]
  const teacher = await client(of(first))
  for (let n = 0; n < 4; n++) await draw(teacher)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await draw(teacher)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const pupil = await client(of(second))
  await draw(pupil)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const before = second[0].count
  for (let n = 0; n < 5; n++) expect(await draw(pupil)).toBe('quick')
  expect([first[0].count > 0, second[0].count - before]).toEqual([true, 0])
})

test('the route tells conditions of all kinds, and what is shared', async () => {
  const file = testFile(
    'anymodel.config.yaml',
    `models:
  picture:
    use:
      - { model: fal/x, when: { maxCount: 2, maxPixels: 1000000 }, rpd: 100, rpmo: 1000 }
      - { balance: latency, shared: true, of: [fal/y, replicate/z] }
    breaker: { shared: true }
`,
  )
  expect(describeConfig(await loadConfig(file)).roles[0]?.route).toBe(
    'picture -> fal/x (up to 2 at once; up to 1000000 pixels; 100 requests a day; 1000 requests a month; shared breaker), else latency, shared of [fal/y (shared breaker), replicate/z (shared breaker)]',
  )
})
