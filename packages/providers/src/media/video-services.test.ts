import { cancelVideo, generateVideo, resumeVideo, startVideo, type VideoModel } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { fal } from '../fal.ts'
import { google } from '../google.ts'
import { luma } from '../luma.ts'
import { openrouter } from '../openrouter.ts'
import { replicate } from '../replicate.ts'
import { runway } from '../runway.ts'
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
    const { response } = await generateVideo({ model, prompt, seconds: 6, firstFrame: png, lastFrame: png, seed: 4 })
    expect(response.details).toMatchObject({ cost: 3 })
    expect(seen[0]?.body).toMatchObject({
      model: 'google/veo-3.0',
      seconds: '6',
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
    const { usage } = await generateVideo({ model, prompt, resolution: '2160p', webhook, firstFrame: png })
    expect(usage.raw).toEqual({ cost: 0.5 })
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

describe('Runway', () => {
  const at = (origin: string, id = 'gen4.5') => runway({ apiKey: 'rw-secret-key', baseURL: origin, jobs }).video(id)

  it('is asked for a shape and a length even when nobody cares, and with a picture elsewhere', async () => {
    const { seen, origin } = await serve((one, times, origin) => {
      if (isFile(one)) return film
      if (one.method === 'POST') return { json: { id: 't1', estimatedCost: { credits: 60 } } }
      const task = [{ status: 'THROTTLED' }, { status: 'RUNNING', progress: 0.5 }][times]
      return {
        json: { id: 't1', ...(task ?? { status: 'SUCCEEDED', output: [`${origin}/out.mp4`], cost: { credits: 50 } }) },
      }
    })
    const { response } = await generateVideo({ model: at(origin), prompt })
    expect(response.details).toEqual({ cost: { credits: 50 } })
    expect(seen[0]).toMatchObject({
      path: '/text_to_video',
      headers: { 'x-runway-version': '2024-11-06', authorization: 'Bearer rw-secret-key' },
      body: { model: 'gen4.5', promptText: prompt, ratio: '1280:720', duration: 5 },
    })
    const veo = at(origin, 'veo3.1')
    await generateVideo({ model: veo, prompt, firstFrame: png, lastFrame: png, size: '1080x1920', audio: true })
    expect(seen.find(({ path }) => path === '/image_to_video')?.body).toEqual({
      model: 'veo3.1',
      promptText: prompt,
      promptImage: [
        { uri: dataUrl, position: 'first' },
        { uri: dataUrl, position: 'last' },
      ],
      ratio: '1080:1920',
      audio: true,
    })
  })

  it('an abort cancels the task; leaving one that was only started does not', async () => {
    let leave = new AbortController()
    const { seen, origin } = await serve(({ method }) => {
      if (method === 'GET') setTimeout(() => leave.abort(new Error('enough')))
      return method === 'DELETE' ? { status: 204 } : { json: { id: 't1', status: 'PENDING' } }
    })
    const model = at(origin)
    await expect(generateVideo({ model, prompt, signal: leave.signal })).rejects.toThrow('enough')
    expect(seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/tasks/t1' })
    seen.length = 0
    leave = new AbortController()
    const job = await startVideo({ model, prompt })
    await expect(resumeVideo({ model, job, signal: leave.signal })).rejects.toThrow('enough')
    expect(seen.some(({ method }) => method === 'DELETE')).toBe(false)
    await cancelVideo({ model, job })
    expect(seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/tasks/t1' })
  })

  it('tells moderation from failure', async () => {
    let task = { failure: 'The output did not pass.', failureCode: 'SAFETY.OUTPUT.VIDEO' }
    const { origin } = await serve(() => ({ json: { id: 't1', status: 'FAILED', ...task } }))
    await expect(generateVideo({ model: at(origin), prompt })).rejects.toMatchObject({
      code: 'content-filter',
      providerCode: 'SAFETY.OUTPUT.VIDEO',
    })
    task = { failure: 'The picture is too wide.', failureCode: 'ASSET.INVALID' }
    await expect(generateVideo({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'bad-request' })
  })
})

describe('Luma', () => {
  it('takes lengths with a unit, and gives a link', async () => {
    const { seen, origin } = await serve((one, _times, origin) => {
      if (isFile(one)) return film
      if (one.method === 'POST') return { status: 201, json: { id: 'g1', state: 'queued' } }
      return { json: { id: 'g1', state: 'completed', assets: { video: `${origin}/out.mp4` } } }
    })
    const model = luma({ apiKey: 'luma-secret-key', baseURL: origin, jobs }).video('ray-2')
    const { warnings } = await generateVideo({ model, prompt, seconds: 10, resolution: '2160p' })
    expect(warnings).toMatchObject([{ option: 'seconds' }])
    expect(seen[0]).toMatchObject({
      path: '/generations/video',
      body: { model: 'ray-2', prompt, duration: '9s', resolution: '4k' },
    })
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
      return { json: { status: 'done', video, model: 'grok-imagine-video', usage: { cost_in_usd_ticks: 4 } } }
    })
    const { response, usage } = await generateVideo({
      model: at(origin),
      prompt,
      seconds: 8,
      resolution: '720p',
      firstFrame: png,
    })
    expect(response.details).toEqual({ seconds: 8 })
    expect(usage.raw).toEqual({ cost_in_usd_ticks: 4 })
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

describe('fal', () => {
  const urls = (origin: string) => ({
    request_id: 'q1',
    status_url: `${origin}/fal-ai/veo3/requests/q1/status`,
    response_url: `${origin}/fal-ai/veo3/requests/q1`,
    cancel_url: `${origin}/fal-ai/veo3/requests/q1/cancel`,
  })

  it('is asked in the words of a model, with a webhook, and is cancelled by its handle', async () => {
    const { seen, origin } = await serve((one, times, origin) => {
      if (isFile(one)) return film
      if (one.path.endsWith('/cancel')) return { status: 202, json: { status: 'CANCELLATION_REQUESTED' } }
      if (one.path.endsWith('/status'))
        return { json: { status: times === 0 ? 'IN_PROGRESS' : 'COMPLETED', ...urls(origin) } }
      if (one.path.endsWith('/requests/q1')) return { json: { video: { url: `${origin}/out.mp4` }, seed: 9 } }
      return { json: { status: 'IN_QUEUE', ...urls(origin) } }
    })
    const at = (id: string) => fal({ apiKey: 'fal-secret-key', baseURL: origin, jobs }).video(id)
    const model = at('fal-ai/veo3.1/first-last-frame-to-video')
    const webhook = 'https://example.com/done?id=1'
    const frames = { firstFrame: png, lastFrame: png }
    const { videos, response } = await generateVideo({ model, prompt, seconds: 8, webhook, ...frames })
    expect(videos).toHaveLength(1)
    expect(response.details).toEqual({ seed: 9 })
    expect(seen[0]).toMatchObject({
      path: `/fal-ai/veo3.1/first-last-frame-to-video?fal_webhook=${encodeURIComponent(webhook)}`,
      body: { duration: '8s', first_frame_url: dataUrl, last_frame_url: dataUrl },
    })
    const kling = at('fal-ai/kling-video/v2.5-turbo/pro/image-to-video')
    const job = await startVideo({ model: kling, prompt, seconds: 5, ...frames })
    expect(seen.at(-1)?.body).toMatchObject({ duration: '5', image_url: dataUrl, tail_image_url: dataUrl })
    await cancelVideo({ model: kling, job })
    expect(seen.at(-1)).toMatchObject({ method: 'PUT', path: '/fal-ai/veo3/requests/q1/cancel' })
  })
})

describe('Replicate', () => {
  it('is a prediction that tells how far it is', async () => {
    const { seen, origin } = await serve((one, times, origin) => {
      if (isFile(one)) return film
      const known = { id: 'p1', urls: { get: `${origin}/predictions/p1`, cancel: `${origin}/predictions/p1/cancel` } }
      if (one.method === 'POST') return { status: 201, json: { ...known, status: 'starting' } }
      if (times === 0) return { json: { ...known, status: 'processing', logs: ' 50%|###' } }
      return { json: { ...known, status: 'succeeded', output: `${origin}/out.mp4` } }
    })
    const model = replicate({ apiKey: 'r8_secret_token', baseURL: origin, jobs }).video('google/veo-3.1')
    const webhook = 'https://example.com/done'
    expect((await generateVideo({ model, prompt, seconds: 8, audio: true, webhook })).videos).toHaveLength(1)
    expect(seen[0]).toMatchObject({
      path: '/models/google/veo-3.1/predictions',
      body: { input: { prompt, duration: 8, generate_audio: true }, webhook },
    })
  })
})
