import { generateVideo, type VideoModel, type VideoOptions } from '@anymodel/core'
import { encodePng } from '@anymodel/core/png'
import { openrouter } from '@anymodel/providers/openrouter'
import { together } from '@anymodel/providers/together'
import { describe, expect, test } from 'vitest'
import { missingSpec, type Spec, validators } from './openapi.ts'

type Options = Parameters<typeof openrouter>[0]
type Call = Omit<VideoOptions, 'model'>

/** A service without an SDK of its own in these tests: its OpenAPI file says what requests and replies look like. */
interface Spoken extends Spec {
  readonly model: (options: Options) => VideoModel
  /** Replies to the first request and to looks, as the schema has them. */
  readonly replies: readonly object[]
  readonly calls: readonly Call[]
}

const prompt = 'waves on a beach'
const png = { data: encodePng({ width: 1, height: 1, data: Uint8Array.of(0, 0, 0) }), mediaType: 'image/png' } as const
const all: Call = {
  prompt,
  seconds: 8,
  aspectRatio: '9:16',
  resolution: '720p',
  seed: 4,
  audio: true,
  firstFrame: png,
  lastFrame: png,
  references: [png],
}

const made = { id: 'v1', model: 'm', size: '1280x720', seconds: '8', created_at: 1 }
const here = 'http://127.0.0.1:1'

const services: Readonly<Record<string, Spoken>> = {
  Together: {
    file: 'together/openapi.yaml',
    request: 'CreateVideoBody',
    reply: 'VideoJob',
    model: (options) => together(options).video('google/veo-3.0'),
    replies: [
      { ...made, status: 'in_progress' },
      { ...made, status: 'completed', outputs: { cost: 1, video_url: `${here}/out.mp4` } },
    ],
    calls: [{ prompt }, { ...all, negativePrompt: 'people' }, { prompt, size: '1280x720' }],
  },
  OpenRouter: {
    file: 'openrouter/.speakeasy/out.openapi.yaml',
    request: 'VideoGenerationRequest',
    reply: 'VideoGenerationResponse',
    model: (options) => openrouter(options).video('google/veo-3.1'),
    replies: [
      { id: 'j1', polling_url: '/api/v1/videos/j1', status: 'pending' },
      { id: 'j1', polling_url: '/api/v1/videos/j1', status: 'completed', unsigned_urls: ['https://x.example/v.mp4'] },
    ],
    calls: [
      { prompt },
      { ...all, webhook: 'https://example.com/done' },
      { prompt, size: '1280x720', resolution: '2160p' },
    ],
  },
}

describe.each(Object.entries(services))('%s', (name, service) => {
  const missing = missingSpec(service)

  test.skipIf(missing)(
    `requests and replies are as its specification says${missing ? ` (${missing})` : ''}`,
    async () => {
      const { request, reply, fields } = validators(service)
      for (const one of service.replies) expect(reply?.(one), `${name}: ${JSON.stringify(reply?.errors)}`).toBe(true)
      for (const call of service.calls) {
        const bodies: object[] = []
        let asked = 0
        const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
          if (init?.body) bodies.push(JSON.parse(String(init.body)))
          const next = service.replies[asked++]
          const film = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0')
          return next ? Response.json(next) : new Response(film, { headers: { 'content-type': 'video/mp4' } })
        }
        const options = { apiKey: 'key', baseURL: here, fetch: fetch as typeof globalThis.fetch, jobs: { first: 1 } }
        await generateVideo({ ...call, model: service.model(options) }).catch(() => {})
        expect(request?.(bodies[0]), `${JSON.stringify(request?.errors)}`).toBe(true)
        expect(Object.keys(bodies[0] ?? {}).filter((field) => !fields.includes(field))).toEqual([])
      }
    },
  )
})
