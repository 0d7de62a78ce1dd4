import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { resumeVideo, startVideo, type VideoModel } from '@anymodel/core'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { luma } from '@anymodel/providers/luma'
import { openrouter } from '@anymodel/providers/openrouter'
import { replicate } from '@anymodel/providers/replicate'
import { readVideoWebhook, type VideoWebhook } from '@anymodel/providers/webhooks'
import OpenAI from 'openai'
import { validateWebhook } from 'replicate'
import { afterAll, describe, expect, it } from 'vitest'
import { type VideoService, videoServices } from '../conformance/video-services.ts'

const services = await videoServices()
afterAll(() => services.close())

const at = (service: VideoService, path = '') => ({
  apiKey: 'secret-key-12345678',
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 2, most: 5, total: 30_000 },
})
const key = randomBytes(24)
const secret = `whsec_${key.toString('base64')}`

function signed(body: string): Record<string, string> {
  const time = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', key).update(`msg_1.${time}.${body}`).digest('base64')
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` }
}

describe('the official SDKs and we believe the same webhooks', () => {
  const body = JSON.stringify({ type: 'video.completed', id: 'video_1', status: 'succeeded', data: { id: 'video_1' } })
  const readBy = (provider: 'openai' | 'replicate', headers: Record<string, string>) =>
    readVideoWebhook({ provider, model: 'm', headers, body, secret }).then(
      () => true,
      () => false,
    )
  const calls = {
    right: signed(body),
    'of another body': signed('{}'),
    'with a broken signature': { ...signed(body), 'webhook-signature': 'v1,AAAA' },
  }

  it.each(Object.entries(calls))('replicate: %s', async (_name, headers) => {
    expect(await readBy('replicate', headers)).toBe(await validateWebhook({ headers, body } as never, secret))
  })

  it.each(Object.entries(calls))('openai: %s', async (_name, headers) => {
    const official = new OpenAI({ apiKey: 'none' }).webhooks.unwrap(body, headers, secret).then(
      () => true,
      () => false,
    )
    expect(await readBy('openai', headers)).toBe(await official)
  })
})

/** What a service sends to a webhook about a job, and how it is read. */
const calls: Readonly<Record<string, { model: () => VideoModel; call: (id: string) => VideoWebhook }>> = {
  replicate: {
    model: () => replicate(at('replicate', '/v1')).video('google/veo-3.1'),
    call(id) {
      const body = JSON.stringify({ id, status: 'succeeded', output: 'https://example.com/a.mp4' })
      return { provider: 'replicate', model: 'google/veo-3.1', body, headers: signed(body), secret }
    },
  },
  openrouter: {
    model: () => openrouter(at('openrouter', '/api/v1')).video('google/veo-3.1'),
    call(id) {
      const body = JSON.stringify({ type: 'video.generation.completed', data: { id, status: 'completed' } })
      const time = Math.floor(Date.now() / 1_000)
      const signature = createHmac('sha256', secret).update(`${time},${body}`).digest('hex')
      const headers = { 'x-openrouter-signature': `t=${time},v1=${signature}` }
      return { provider: 'openrouter', model: 'google/veo-3.1', body, headers, secret }
    },
  },
  fal: {
    model: () => fal(at('fal')).video('fal-ai/veo3'),
    call(id) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519')
      const body = JSON.stringify({ request_id: id, status: 'OK', payload: {} })
      const time = String(Math.floor(Date.now() / 1_000))
      const message = [id, 'user', time, createHash('sha256').update(body).digest('hex')].join('\n')
      const headers = {
        'x-fal-webhook-request-id': id,
        'x-fal-webhook-user-id': 'user',
        'x-fal-webhook-timestamp': time,
        'x-fal-webhook-signature': sign(null, Buffer.from(message), privateKey).toString('hex'),
      }
      return { provider: 'fal', model: 'fal-ai/veo3', body, headers, keys: [publicKey.export({ format: 'jwk' })] }
    },
  },
  google: {
    model: () => google(at('google', '/v1beta')).video('veo-3.1-generate-preview'),
    call(id) {
      const body = JSON.stringify({ type: 'video.generated', data: { id } })
      return { provider: 'google', model: 'veo-3.1-generate-preview', body, headers: signed(body), secret }
    },
  },
  luma: {
    model: () => luma(at('luma', '/dream-machine/v1')).video('ray-2'),
    call(id) {
      const body = JSON.stringify({ id, state: 'completed', assets: { video: 'https://example.com/a.mp4' } })
      return { provider: 'luma', model: 'ray-2', body, headers: {} }
    },
  },
}

it.each(Object.entries(calls))(
  'a webhook of %s is as good as the handle that was kept',
  async (_name, { model, call }) => {
    const begun = await startVideo({ model: model(), prompt: 'waves', webhook: 'https://example.com/done' })
    const id = /([^/]+?)(?:\/status)?$/.exec((begun.job as { look: { path: string } }).look.path)?.[1] ?? ''
    const { job, state } = await readVideoWebhook(call(id))
    expect(state).toBe('done')
    const { videos } = await resumeVideo({ model: model(), job })
    expect(Buffer.from(videos[0]?.data ?? []).equals(services.film(id))).toBe(true)
  },
)
