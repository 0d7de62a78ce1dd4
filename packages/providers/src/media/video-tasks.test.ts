import { cancelVideo, generateVideo, resumeVideo, startVideo, streamVideo } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { fal } from '../fal.ts'
import { luma } from '../luma.ts'
import { replicate } from '../replicate.ts'
import { runway } from '../runway.ts'
import { png, type Reply, type Seen, serve } from '../testing/service.ts'

/** The beginning of an MP4 file. */
const mp4 = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 0, 0])
const film: Reply = { bytes: mp4, type: 'video/mp4' }
const jobs = { first: 5, most: 20, total: 5_000 }
const prompt = 'waves on a beach'
const dataUrl = `data:image/png;base64,${png.toString('base64')}`
const isFile = ({ path }: Seen): boolean => path === '/out.mp4'

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
    expect(response.details).toEqual({ credits: 50 })
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
    await startVideo({ model: at('fal-ai/wan/v2.2-5b/text-to-video'), prompt, fps: 24 })
    expect(seen.at(-1)?.body).toMatchObject({ frames_per_second: 24 })
    await startVideo({ model: at('fal-ai/ltx-2/text-to-video'), prompt, fps: 50 })
    expect(seen.at(-1)?.body).toMatchObject({ fps: 50 })
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

  it('never tells less progress than before, though each stage of the work counts anew', async () => {
    const { origin } = await serve((one, times, origin) => {
      if (isFile(one)) return film
      if (one.method === 'POST') return { status: 201, json: { id: 'p1', status: 'starting' } }
      const logs = [' 50%|###', ' 50%|###\n 10%|#', ' 80%|#####'][times]
      if (logs) return { json: { id: 'p1', status: 'processing', logs } }
      return { json: { id: 'p1', status: 'succeeded', output: `${origin}/out.mp4` } }
    })
    const model = replicate({ apiKey: 'r8_secret_token', baseURL: origin, jobs }).video('google/veo-3.1')
    const told: number[] = []
    for await (const event of streamVideo({ model, prompt })) if (event.type === 'progress') told.push(event.fraction)
    expect(told).toEqual([0.5, 0.8])
  })
})
