import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VideoCall, VideoEvent, VideoJob, VideoJobCall, VideoModel, VideoSupport } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { cancelVideo, generateVideo, resumeVideo, startVideo, streamVideo, streamVideoJob } from './generate-video.ts'
import type { VideoOptions } from './video-options.ts'

/** The beginning of an MP4 file, with one byte that tells it from others. */
const mp4 = (mark = 0) => Uint8Array.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, mark])
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])

const everything: VideoSupport = {
  maxCount: 2,
  firstFrame: true,
  lastFrame: true,
  references: 2,
  webhook: true,
  knobs: ['size', 'aspectRatio', 'resolution', 'seconds', 'seed', 'negativePrompt', 'audio'],
}

const job: VideoJob = { provider: 'test', model: 'filming', job: { look: 'j1' } }
const submitted = { type: 'submitted', job } as const
const finish = { type: 'finish', usage: {}, response: { provider: 'test', model: 'filming' } } as const
const half = { type: 'progress', fraction: 0.5 } as const
const video = (index = 0, data = mp4(index)) => ({ type: 'video', index, mediaType: 'video/x', data }) as const

interface Filming extends VideoModel {
  readonly calls: VideoCall[]
  readonly resumed: { readonly job: VideoJob; readonly call: VideoJobCall | undefined }[]
  readonly cancelled: VideoJob[]
}

/** A model whose videos are headers of MP4 files; `events` changes what it says. */
function filming(supports: VideoSupport = everything, events?: readonly VideoEvent[]): Filming {
  const calls: VideoCall[] = []
  const resumed: Filming['resumed'] = []
  const cancelled: VideoJob[] = []
  const say = async function* (all: readonly VideoEvent[], signal: AbortSignal | undefined) {
    for (const event of all) {
      signal?.throwIfAborted()
      yield event
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const usual = (count: number) => [submitted, half, ...Array.from({ length: count }, (_, at) => video(at)), finish]
  return {
    provider: 'test',
    id: 'filming',
    supports,
    calls,
    resumed,
    cancelled,
    film(call) {
      calls.push(call)
      return say(events ?? usual(call.count), call.signal)
    },
    resume(given, call) {
      resumed.push({ job: given, call })
      return say(events ?? usual(1), call?.signal)
    },
    async cancel(given) {
      cancelled.push(given)
    },
  }
}

const prompt = 'waves on a beach'
const failing = (options: Partial<VideoOptions>) =>
  generateVideo({ model: filming(), prompt, ...options } as VideoOptions).catch((error: unknown) => error)

describe('generateVideo', () => {
  it('gives videos whose type is read from their bytes', async () => {
    const model = filming()
    const { videos, warnings, attempts } = await generateVideo({ model, prompt, n: 2, size: '1280x720', seconds: 4 })
    expect(videos.map(({ mediaType, data }) => [mediaType, data.at(-1)])).toEqual([
      ['video/mp4', 0],
      ['video/mp4', 1],
    ])
    expect(model.calls).toMatchObject([{ prompt, count: 2, size: { width: 1280, height: 720 }, seconds: 4 }])
    expect(warnings).toEqual([])
    expect(attempts).toMatchObject([{ outcome: 'ok' }])
  })

  it('saves a video, and gives it as a data URL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anymodel-video-'))
    try {
      const { videos } = await generateVideo({ model: filming(), prompt })
      await videos[0]?.save(join(folder, 'a.mp4'))
      expect(new Uint8Array(readFileSync(join(folder, 'a.mp4')))).toEqual(mp4())
      expect(videos[0]?.toDataURL()).toMatch(/^data:video\/mp4;base64,/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('reads the pictures that it begins with, ends with and shows', async () => {
    const model = filming()
    const base64 = Buffer.from(png).toString('base64')
    await generateVideo({ model, prompt, firstFrame: png, lastFrame: { data: base64 }, references: [png, png] })
    const picture = { mediaType: 'image/png' }
    expect(model.calls[0]).toMatchObject({ firstFrame: picture, lastFrame: picture, references: [picture, picture] })
  })

  it('leaves out what the model lacks with a warning, or refuses it', async () => {
    const model = filming({})
    const lacking = { model, prompt, seed: 1, audio: false, resolution: '720p' } as const
    const { warnings } = await generateVideo(lacking)
    expect(warnings.map(({ option }) => option)).toEqual(['resolution', 'seed', 'audio'])
    expect(model.calls[0]).not.toHaveProperty('seed')
    await expect(generateVideo({ ...lacking, onUnsupported: 'error' })).rejects.toMatchObject({ code: 'unsupported' })
    expect(model.calls).toHaveLength(1)
  })

  it.each<[string, Partial<VideoOptions>]>([
    ['a first picture', { firstFrame: png }],
    ['a last picture', { lastFrame: png }],
    ['pictures of things', { references: [png] }],
    ['a webhook', { webhook: 'https://example.com/done' }],
    ['two videos', { n: 2 }],
  ])('refuses %s that the model can not take, before anything runs', async (_what, options) => {
    const model = filming({})
    expect(await failing({ model, ...options })).toMatchObject({ code: 'unsupported' })
    expect(model.calls).toEqual([])
  })

  it.each<[string, Partial<Record<keyof VideoOptions, unknown>>]>([
    ['an empty prompt', { prompt: ' ' }],
    ['a prompt that is no text', { prompt: 7 }],
    ['no videos', { n: 0 }],
    ['no time', { seconds: 0 }],
    ['endless time', { seconds: Number.POSITIVE_INFINITY }],
    ['half a seed', { seed: 0.5 }],
    ['a size in words', { size: 'wide' }],
    ['an aspect ratio in words', { aspectRatio: 'wide' }],
    ['a webhook that is no URL', { webhook: 'me' }],
    ['an empty picture', { firstFrame: new Uint8Array() }],
    ['a model that is a name', { model: 'sora-2' }],
    ['a model of another kind', { model: { generate: () => {} } }],
  ])('refuses %s', async (_what, options) => {
    expect(await failing(options as Partial<VideoOptions>)).toMatchObject({ code: 'invalid-argument' })
  })

  it('an answer without its end, without a video, or with a picture in place of one is an error', async () => {
    expect(await failing({ model: filming(everything, [submitted, video()]) })).toMatchObject({ code: 'truncated' })
    expect(await failing({ model: filming(everything, [submitted, finish]) })).toMatchObject({ code: 'malformed' })
    const page = Buffer.from('<!doctype html><title>Expired</title>')
    for (const data of [png, page])
      expect(await failing({ model: filming(everything, [submitted, video(0, data), finish]) })).toMatchObject({
        code: 'malformed',
      })
  })

  it('warns when a service holds a video back', async () => {
    const model = filming(everything, [submitted, video(1), finish])
    const { videos, warnings } = await generateVideo({ model, prompt, n: 2 })
    expect(videos).toHaveLength(1)
    expect(warnings).toMatchObject([{ option: 'n', message: expect.stringContaining('1 of 2') }])
  })

  it('an abort rejects with the reason', async () => {
    const reason = new Error('enough')
    const model = filming(everything, Array(10_000).fill(half))
    expect(await failing({ model, signal: AbortSignal.abort(reason) })).toBe(reason)
    expect(model.calls).toEqual([])
    const controller = new AbortController()
    const running = failing({ model, signal: controller.signal })
    setTimeout(() => controller.abort(reason), 5)
    expect(await running).toBe(reason)
  })
})

describe('streamVideo', () => {
  it('asks nobody before it is read, then tells the job, progress, the video and one finish', async () => {
    const model = filming()
    const stream = streamVideo({ model, prompt })
    expect(model.calls).toEqual([])
    const events: VideoEvent[] = []
    for await (const event of stream) events.push(event)
    expect(events.map(({ type }) => type)).toEqual(['submitted', 'progress', 'video', 'finish'])
    expect((await stream.result).videos).toHaveLength(1)
    expect(model.calls).toHaveLength(1)
  })

  it('leaving cancels', async () => {
    const model = filming(everything, [submitted, ...Array(1_000).fill(half)])
    for await (const event of streamVideo({ model, prompt })) if (event.type === 'progress') break
    expect(model.calls[0]?.signal?.aborted).toBe(true)
    expect(model.calls[0]?.detached).toBeUndefined()
  })
})

describe('startVideo', () => {
  it('gives the handle of a job that goes on, as plain JSON', async () => {
    const model = filming()
    const given = await startVideo({ model, prompt, webhook: 'https://example.com/done' })
    expect(JSON.parse(JSON.stringify(given))).toEqual(job)
    expect(model.calls).toMatchObject([{ detached: true, webhook: 'https://example.com/done' }])
  })

  it('says so when the model made no job', async () => {
    const model = filming(everything, [video(), finish])
    await expect(startVideo({ model, prompt })).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('resumeVideo and cancelVideo', () => {
  it('waits for the job of another process, and does not cancel it by leaving', async () => {
    const model = filming()
    const { videos } = await resumeVideo({ model, job, headers: { 'x-a': 'b' } })
    expect(videos).toHaveLength(1)
    expect(model.resumed).toMatchObject([{ job, call: { detached: true, headers: { 'x-a': 'b' } } }])
    const types: string[] = []
    for await (const { type } of streamVideoJob({ model, job })) types.push(type)
    expect(types).toEqual(['submitted', 'progress', 'video', 'finish'])
  })

  it('cancels a job, where that can be', async () => {
    const model = filming()
    await cancelVideo({ model, job })
    expect(model.cancelled).toEqual([job])
    const { cancel: _cancel, ...without } = model
    await expect(cancelVideo({ model: without, job })).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('fails as the model does', async () => {
    const model: VideoModel = {
      ...filming(),
      // biome-ignore lint/correctness/useYield: a job that is gone
      async *resume() {
        throw new AnyModelError('not-found', 'No such job.')
      },
    }
    await expect(resumeVideo({ model, job })).rejects.toMatchObject({ code: 'not-found' })
  })
})
