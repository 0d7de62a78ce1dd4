import { generateVideo, type VideoModel } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { google } from '../google.ts'
import { openrouter } from '../openrouter.ts'
import { png, type Reply, type Seen, serve } from '../testing/service.ts'
import { together } from '../together.ts'
import { xai } from '../xai.ts'

/** The beginning of an MP4 file. */
const mp4 = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 0])
const film: Reply = { bytes: mp4, type: 'video/mp4' }
const jobs = { first: 5, most: 20, total: 5_000 }
const prompt = 'waves on a beach'
const dataUrl = `data:image/png;base64,${png.toString('base64')}`
const isFile = ({ path }: Seen): boolean => path === '/out.mp4'

describe('Together', () => {
  it('takes pictures for frames, and gives a link that is fetched without a key', async () => {
    const { seen, origin } = await serve((one, _times, origin) => {
      if (isFile(one)) return film
      if (one.method === 'POST') return { json: { id: 'v1', status: 'in_progress' } }
      return { json: { id: 'v1', status: 'completed', outputs: { cost: 3, video_url: `${origin}/out.mp4` } } }
    })
    const model = together({ apiKey: 'tg-secret-key', baseURL: origin, jobs }).video('google/veo-3.0')
    const { response } = await generateVideo({
      model,
      prompt,
      seconds: 6,
      fps: 30,
      firstFrame: png,
      lastFrame: png,
      seed: 4,
    })
    expect(response.details).toMatchObject({ cost: 3 })
    expect(seen[0]?.body).toMatchObject({
      model: 'google/veo-3.0',
      seconds: '6',
      fps: 30,
      seed: 4,
      media: {
        frame_images: [
          { input_image: dataUrl, frame: 'first' },
          { input_image: dataUrl, frame: 'last' },
        ],
      },
    })
    expect(seen.at(-1)?.headers.authorization).toBeUndefined()
  })
})

describe('OpenRouter', () => {
  it('is told of a webhook, and gives the bytes itself', async () => {
    const { seen, origin } = await serve((one) => {
      if (one.path.includes('/content')) return film
      if (one.method === 'POST')
        return { status: 202, json: { id: 'j1', polling_url: '/api/v1/videos/j1', status: 'pending' } }
      const unsigned_urls = ['https://storage.example.com/video.mp4']
      return { json: { id: 'j1', status: 'completed', unsigned_urls, usage: { cost: 0.5 } } }
    })
    const model = openrouter({ apiKey: 'or-secret-key', baseURL: origin, jobs }).video('google/veo-3.1')
    const webhook = 'https://example.com/done'
    const { usage, response } = await generateVideo({ model, prompt, resolution: '2160p', webhook, firstFrame: png })
    expect(usage.raw).toEqual({ cost: 0.5 })
    expect(response.details).toEqual({ cost: 0.5 })
    expect(seen[0]?.body).toMatchObject({
      resolution: '4K',
      callback_url: webhook,
      frame_images: [{ type: 'image_url', image_url: { url: dataUrl }, frame_type: 'first_frame' }],
    })
    expect(seen.at(-1)).toMatchObject({
      path: '/videos/j1/content?index=0',
      headers: { authorization: 'Bearer or-secret-key' },
    })
  })

  it('a job that expired or was cancelled there is an error', async () => {
    let status = 'expired'
    const { origin } = await serve(() => ({ json: { id: 'j1', status } }))
    const model = openrouter({ apiKey: 'or-secret-key', baseURL: origin, jobs }).video('google/veo-3.1')
    await expect(generateVideo({ model, prompt })).rejects.toThrow(/The job is expired/)
    status = 'cancelled'
    await expect(generateVideo({ model, prompt })).rejects.toThrow(/The job is cancelled/)
  })
})

describe('Veo', () => {
  const name = 'models/veo-3.1-generate-preview/operations/op1'
  const at = (origin: string): VideoModel =>
    google({ apiKey: 'goog-secret-key', baseURL: origin, jobs }).video('veo-3.1-generate-preview')
  const done = (response: object) => ({ json: { name, done: true, response: { generateVideoResponse: response } } })

  it('is an operation, whose file is fetched with the key through a redirect', async () => {
    const { seen, origin } = await serve((one, times, origin) => {
      if (one.path === '/files/f1:download?alt=media')
        return { status: 302, json: {}, headers: { location: '/download/f1' } }
      if (one.path === '/download/f1') return film
      if (one.method === 'POST') return { json: { name } }
      return times === 0
        ? { json: { name } }
        : done({ generatedSamples: [{ video: { uri: `${origin}/files/f1:download?alt=media` } }] })
    })
    const { videos, response } = await generateVideo({
      model: at(origin),
      prompt,
      seconds: 7,
      aspectRatio: '9:16',
      resolution: '1080p',
      negativePrompt: 'people',
      references: [png],
      webhook: 'https://example.com/done',
    })
    expect(videos).toHaveLength(1)
    expect(response.id).toBe(name)
    expect(seen[0]?.path).toBe('/models/veo-3.1-generate-preview:predictLongRunning')
    expect(seen[0]?.body).toEqual({
      instances: [
        {
          prompt,
          referenceImages: [
            {
              image: { bytesBase64Encoded: png.toString('base64'), mimeType: 'image/png' },
              referenceType: 'asset',
            },
          ],
        },
      ],
      parameters: { aspectRatio: '9:16', resolution: '1080p', durationSeconds: 6, negativePrompt: 'people' },
      webhookConfig: { uris: ['https://example.com/done'] },
    })
    expect(seen.slice(-2).map(({ headers }) => headers['x-goog-api-key'])).toEqual([
      'goog-secret-key',
      'goog-secret-key',
    ])
  })

  it('tells what was filtered, and what an operation failed with', async () => {
    let reply: Reply = done({ raiMediaFilteredCount: 1, raiMediaFilteredReasons: ['It shows a celebrity.'] })
    const { origin } = await serve(({ method }) => (method === 'POST' ? { json: { name } } : reply))
    const failing = () => generateVideo({ model: at(origin), prompt })
    await expect(failing()).rejects.toMatchObject({ code: 'content-filter', message: /celebrity/ })
    reply = { json: { name, done: true, error: { code: 3, message: 'durationSeconds is out of range.' } } }
    await expect(failing()).rejects.toMatchObject({ code: 'bad-request', message: /out of range/ })
    reply = { json: { name, done: true, error: { code: 14, message: 'Try later.' } } }
    await expect(failing()).rejects.toMatchObject({ code: 'server', retryable: true })
    reply = done({})
    await expect(failing()).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('xAI', () => {
  const at = (origin: string) => xai({ apiKey: 'xai-secret-key', baseURL: origin, jobs }).video('grok-imagine-video')

  it('is looked at under the status 202 until it is done', async () => {
    const { seen, origin } = await serve((one, times, origin) => {
      if (isFile(one)) return film
      if (one.method === 'POST') return { json: { request_id: 'r1' } }
      if (times === 0) return { status: 202, json: { status: 'pending', progress: 30 } }
      const video = { url: `${origin}/out.mp4`, duration: 8, respect_moderation: true }
      return {
        json: { status: 'done', video, model: 'grok-imagine-video', usage: { cost_in_usd_ticks: 5_000_000_000 } },
      }
    })
    const { response, usage } = await generateVideo({
      model: at(origin),
      prompt,
      seconds: 8,
      resolution: '720p',
      firstFrame: png,
    })
    expect(response.details).toEqual({ seconds: 8, cost: 0.5 })
    expect(usage.raw).toEqual({ cost_in_usd_ticks: 5_000_000_000 })
    expect(seen[0]).toMatchObject({
      path: '/videos/generations',
      body: { duration: 8, resolution: '720p', image: { url: dataUrl } },
    })
    expect(seen[1]?.path).toBe('/videos/r1')
  })

  it('a video that did not pass moderation is held back', async () => {
    const { origin } = await serve(({ method }) =>
      method === 'POST'
        ? { json: { request_id: 'r1' } }
        : { json: { status: 'done', video: { url: '', respect_moderation: false } } },
    )
    await expect(generateVideo({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })
})
