import {
  AnyModelError,
  type ImageModel,
  type SpeechModel,
  type TranscriptionModel,
  type VideoModel,
} from '@anymodel/core'
import { encodePng } from '@anymodel/core/png'
import { expect, test } from 'vitest'
import { anymodel } from '../client.ts'
import { clocksOf } from './clocks.ts'

const response = { provider: 'test', model: 'slow', headers: {} }
const finish = { type: 'finish', usage: {}, response } as const
const png = encodePng({ width: 1, height: 1, data: new Uint8Array(3) })
const mp4 = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0', 'latin1')

/** Waits, or until the caller gives up. */
const pause = (ms: number, signal: AbortSignal | undefined) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

const name = { provider: 'test', id: 'slow', supports: {} }
const image = (ms: number): ImageModel => ({
  ...name,
  async *generate({ signal }) {
    await pause(ms, signal)
    yield { type: 'image', index: 0, mediaType: 'image/png', data: png }
    yield finish
  },
})
const speech = (ms: number): SpeechModel => ({
  ...name,
  async *speak({ signal }) {
    yield { type: 'audio', mediaType: 'audio/mpeg', data: mp4 }
    await pause(ms, signal)
    yield finish
  },
})
const transcription = (ms: number): TranscriptionModel => ({
  ...name,
  async *transcribe({ signal }) {
    await pause(ms, signal)
    yield { type: 'text', text: 'One, two.' }
    yield finish
  },
})
const video = (ms: number): VideoModel => ({
  ...name,
  async *film({ signal }) {
    await pause(ms, signal)
    yield { type: 'video', index: 0, mediaType: 'video/mp4', data: mp4 }
    yield finish
  },
  async *resume(_job, { signal } = {}) {
    await pause(ms, signal)
    yield { type: 'video', index: 0, mediaType: 'video/mp4', data: mp4 }
    yield finish
  },
})
const embedding = (ms: number) => ({
  ...name,
  async embed({ signal }: { signal?: AbortSignal }) {
    await pause(ms, signal)
    return { vectors: [new Float32Array([1])], usage: {}, response }
  },
})

type Settings = { timeouts?: Record<string, string>; retry?: { attempts: number } }
const roles = (ms: number, settings: Settings = {}) =>
  anymodel({
    config: {
      models: {
        image: { use: image(ms), ...settings },
        speech: { use: speech(ms), ...settings },
        transcription: { use: transcription(ms), ...settings },
        video: { use: video(ms), ...settings },
        embedding: { use: embedding(ms) as never, ...settings },
      },
    },
  })
type Client = Awaited<ReturnType<typeof roles>>
const asks: Readonly<Record<string, (ai: Client) => Promise<unknown>>> = {
  image: (ai) => ai.generateImage({ model: 'image', prompt: 'a cat' }),
  transcription: (ai) => ai.transcribe({ model: 'transcription', audio: { data: mp4, mediaType: 'audio/mp4' } }),
  video: (ai) => ai.generateVideo({ model: 'video', prompt: 'waves' }),
  embedding: (ai) => ai.embed({ model: 'embedding', value: 'a' }),
}

test.each(Object.entries(asks))('%s: a role may say how long its model has', async (_kind, ask) => {
  const timeouts = { firstContent: '20ms' }
  const failure = await ask(await roles(5_000, { timeouts, retry: { attempts: 1 } })).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(AnyModelError)
  expect(failure).toMatchObject({ code: 'timeout', clock: 'firstContent' })
})

test.each(Object.entries(asks))('%s: all attempts together have a clock as well', async (_kind, ask) => {
  const ai = await roles(60, { timeouts: { firstContent: '20ms', total: '50ms' }, retry: { attempts: 50 } })
  await expect(ask(ai)).rejects.toMatchObject({ code: 'timeout' })
})

test('speech that stops is silent for so long and no longer', async () => {
  const ai = await roles(5_000, { timeouts: { idle: '20ms' } })
  await expect(ai.generateSpeech({ model: 'speech', text: 'Hello.' })).rejects.toMatchObject({ clock: 'idle' })
})

test('whoever waits for a job that was begun elsewhere has no clock of the role', async () => {
  const ai = await roles(60, { timeouts: { firstContent: '20ms', total: '20ms' } })
  const job = { provider: 'test', model: 'slow', job: 1 }
  expect((await ai.resumeVideo({ model: 'video', job })).videos).toHaveLength(1)
})

test('pictures, sound and videos have no clocks that nobody set', () => {
  for (const kind of ['image', 'speech', 'transcription', 'video'] as const)
    for (const type of ['fal', 'onnx', undefined] as const) expect(clocksOf(kind, type, {})).toEqual({ attempt: {} })
  expect(clocksOf('embedding', 'openai', {})).toEqual({ attempt: { firstContent: 180_000 } })
  expect(clocksOf('embedding', 'onnx', {})).toEqual({ attempt: {} })
})

test('texts have clocks, of which those for the way do not count for local models', () => {
  const minutes = { firstContent: 180_000, idle: 120_000 }
  expect(clocksOf('text', 'groq', {})).toEqual({ attempt: { connect: 10_000, ...minutes }, total: 900_000 })
  expect(clocksOf('code', 'onnx', { connect: 1, headers: 2, total: 3 })).toEqual({ attempt: minutes, total: 3 })
  expect(clocksOf('text', undefined, { connect: 5 })).toEqual({ attempt: { connect: 5, ...minutes }, total: 900_000 })
})
