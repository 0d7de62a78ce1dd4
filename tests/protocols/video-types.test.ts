import { startVideo, type VideoModel, type VideoOptions } from '@anymodel/core'
import { encodePng } from '@anymodel/core/png'
import { fal } from '@anymodel/providers/fal'
import { luma } from '@anymodel/providers/luma'
import { openai } from '@anymodel/providers/openai'
import { runway } from '@anymodel/providers/runway'
import { expect, test } from 'vitest'
import { complaints } from './compiler.ts'

type Options = Parameters<typeof runway>[0]
type Call = Omit<VideoOptions, 'model'>

/** A model of a service, and the type that the service's own SDK gives to its requests. */
interface Asked {
  readonly model: (options: Options) => VideoModel
  readonly type: string
  readonly calls: readonly Call[]
}

const prompt = 'waves on a beach'
const png = encodePng({ width: 1, height: 1, data: Uint8Array.of(0, 0, 0) })
const firstFrame = { data: png, mediaType: 'image/png' } as const
const frames = { firstFrame, lastFrame: firstFrame }
const usual: Call = { prompt, seconds: 8, aspectRatio: '9:16', seed: 4 }
const text = "import('@runwayml/sdk/resources/text-to-video').TextToVideoCreateParams"
const image = "import('@runwayml/sdk/resources/image-to-video').ImageToVideoCreateParams"
const falInput = (id: string) => `import('@fal-ai/client/endpoints').EndpointTypeMap['${id}']['input']`

const services: readonly Asked[] = [
  {
    model: (options) => openai(options).video('sora-2'),
    type: "import('openai/resources/videos').VideoCreateParams",
    calls: [{ prompt }, usual, { prompt, size: '1792x1024', seconds: 30 }],
  },
  {
    model: (options) => luma(options).video('ray-2'),
    type: "import('lumaai/resources/generations/video').VideoCreateParams",
    calls: [{ prompt }, { ...usual, resolution: '2160p', webhook: 'https://example.com' }],
  },
  { model: (options) => runway(options).video('gen4.5'), type: text, calls: [{ prompt }, usual] },
  { model: (options) => runway(options).video('gen4_turbo'), type: image, calls: [{ prompt, firstFrame }] },
  { model: (options) => runway(options).video('veo3.1'), type: text, calls: [{ prompt }, { ...usual, audio: false }] },
  { model: (options) => runway(options).video('veo3.1'), type: image, calls: [{ ...usual, ...frames, seconds: 5 }] },
  { model: (options) => runway(options).video('seedance2'), type: image, calls: [{ prompt, ...frames, seconds: 6 }] },
  {
    model: (options) => runway(options).video('seedance2'),
    type: text,
    calls: [{ prompt, size: '1280x720', references: [firstFrame] }],
  },
  { model: (options) => fal(options).video('fal-ai/veo3'), type: falInput('fal-ai/veo3'), calls: [{ prompt }, usual] },
  {
    model: (options) => fal(options).video('fal-ai/veo3.1/first-last-frame-to-video'),
    type: falInput('fal-ai/veo3.1/first-last-frame-to-video'),
    calls: [{ prompt, ...frames, audio: true }],
  },
  {
    model: (options) => fal(options).video('fal-ai/kling-video/v2.5-turbo/pro/image-to-video'),
    type: falInput('fal-ai/kling-video/v2.5-turbo/pro/image-to-video'),
    calls: [{ prompt, ...frames, seconds: 5 }],
  },
]

/** The body that a model writes for a call. */
async function bodyOf(model: Asked['model'], call: Call): Promise<unknown> {
  let body: unknown
  const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    body = JSON.parse(String(init?.body))
    return new Response('{}', { status: 400 })
  }
  const options = { apiKey: 'key', baseURL: 'http://service.invalid', fetch: fetch as typeof globalThis.fetch }
  await startVideo({ ...call, model: model(options) }).catch(() => {})
  if (body === undefined) throw new Error('nothing was sent')
  return body
}

test("bodies are what the services' own SDKs would send", { timeout: 60_000 }, async () => {
  const lines: string[] = []
  for (const { model, type, calls } of services)
    for (const call of calls) {
      lines.push(`// ${type}`)
      lines.push(`export const _${lines.length}: ${type} = ${JSON.stringify(await bodyOf(model, call))}`)
    }
  expect(await complaints(lines.join('\n'), 'videos')).toEqual([])
})

test('a body with a field that the SDK does not know is found', { timeout: 60_000 }, async () => {
  const wrong = `// wrong\nexport const _1: ${text} = { model: 'gen4.5', promptText: 'x', ratio: '1:1', duration: 5 }`
  expect(await complaints(wrong, 'wrong-video')).toEqual([expect.stringContaining('TS')])
})
