import {
  editImage,
  type GeneratedImage,
  generateImage,
  type ImageModel,
  type ImageOptions,
  type ImageResult,
  upscaleImage,
} from '@anymodel/core'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { luma } from '@anymodel/providers/luma'
import { openai } from '@anymodel/providers/openai'
import { replicate } from '@anymodel/providers/replicate'
import { createFalClient } from '@fal-ai/client'
import { GoogleGenAI } from '@google/genai'
import LumaAI from 'lumaai'
import OpenAI, { toFile } from 'openai'
import Replicate from 'replicate'
import { afterAll, describe, expect, test } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { type ImageService, imageServices } from '../conformance/image-services.ts'
import { onlyLoopback } from './only-loopback.ts'

const allowAll = onlyLoopback()
const services = await imageServices()
afterAll(() => {
  services.close()
  allowAll()
})

const apiKey = 'secret-key-12345678'
const prompt = 'a red circle'
const start = drawn({ prompt: 'a blue square' })
const jobs = { first: 2, most: 5 }
const at = (service: ImageService, path: string) => ({
  apiKey,
  baseURL: `${services.url(service)}${path}`,
  maxRetries: 0,
})
const fetched = async (url: unknown) => Buffer.from(await (await fetch(String(url))).arrayBuffer())
const decoded = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64')
/** Its SDK asks for Imagen only under the paths of Vertex AI, with the same body. */
const googleSdk = (vertexai = false) =>
  new GoogleGenAI({ vertexai, apiKey, httpOptions: { baseUrl: services.url('google') } }).models
const openaiSdk = () => new OpenAI(at('openai', '/v1')).images

interface Sides {
  /** The pictures that an official SDK reads. */
  readonly sdk: () => Promise<readonly Buffer[]>
  /** The model here that asks the same service. */
  readonly model: () => ImageModel
  /** Options beside the prompt. */
  readonly options?: Partial<ImageOptions>
  /** How the model is asked. Default: for a picture of the prompt. */
  readonly ask?: (model: ImageModel) => Promise<ImageResult>
}

const startUrl = `data:image/png;base64,${start.toString('base64')}`
const edit = { image: start, instruction: prompt, seed: 5 }

/** What fal's client gets of a model. */
async function falSdk(id: string, input: Readonly<Record<string, unknown>>): Promise<readonly Buffer[]> {
  const toHere = (url: string) => url.replace(/^https:\/\/queue\.fal\.run/, services.url('fal'))
  const client = createFalClient({ credentials: apiKey, fetch: (url, init) => fetch(toHere(String(url)), init) })
  const { data } = await client.subscribe(id, { input: input as never, pollInterval: 5 })
  return Promise.all((data as { images: { url: string }[] }).images.map(({ url }) => fetched(url)))
}

async function replicateSdk(id: `${string}/${string}`, input: object): Promise<readonly Buffer[]> {
  const client = new Replicate({ auth: apiKey, baseUrl: `${services.url('replicate')}/v1`, useFileOutput: false })
  const output = await client.run(id, { input, wait: { mode: 'poll', interval: 5 } })
  return Promise.all((output as unknown as string[]).map(fetched))
}

const sides: Readonly<Record<string, Sides>> = {
  'openai draws': {
    async sdk() {
      const { data = [] } = await openaiSdk().generate({ model: 'gpt-image-2', prompt, n: 2, size: '1024x1024' })
      return data.map(({ b64_json }) => decoded(b64_json))
    },
    model: () => openai(at('openai', '/v1')).image('gpt-image-2'),
    options: { n: 2, size: '1024x1024' },
  },
  'openai draws anew what it is given': {
    async sdk() {
      const image = [await toFile(start, 'a.png', { type: 'image/png' })]
      const { data = [] } = await openaiSdk().edit({ model: 'gpt-image-2', prompt, image })
      return data.map(({ b64_json }) => decoded(b64_json))
    },
    model: () => openai(at('openai', '/v1')).image('gpt-image-2'),
    options: { images: [start] },
  },
  'openai shows the picture while it comes': {
    async sdk() {
      const stream = await openaiSdk().generate({ model: 'gpt-image-2', prompt, stream: true, partial_images: 3 })
      const whole: Buffer[] = []
      for await (const event of stream)
        if (event.type === 'image_generation.completed') whole.push(decoded(event.b64_json))
      return whole
    },
    model: () => openai(at('openai', '/v1')).image('gpt-image-2'),
    options: { previews: true },
  },
  'google draws with Gemini': {
    async sdk() {
      const { candidates = [] } = await googleSdk().generateContent({
        model: 'gemini-3-pro-image',
        contents: [
          {
            role: 'user',
            parts: [{ inlineData: { mimeType: 'image/png', data: start.toString('base64') } }, { text: prompt }],
          },
        ],
        config: { responseModalities: ['IMAGE'] },
      })
      return (candidates[0]?.content?.parts ?? []).map(({ inlineData }) => decoded(inlineData?.data))
    },
    model: () => google(at('google', '/v1beta')).image('gemini-3-pro-image'),
    options: { images: [start] },
  },
  'google draws with Imagen': {
    async sdk() {
      const { generatedImages = [] } = await googleSdk(true).generateImages({
        model: 'imagen-4.0-generate-001',
        prompt,
        config: { numberOfImages: 3 },
      })
      return generatedImages.map(({ image }) => decoded(image?.imageBytes))
    },
    model: () => google(at('google', '/v1beta')).image('imagen-4.0-generate-001'),
    options: { n: 3 },
  },
  'replicate draws': {
    sdk: () => replicateSdk('black-forest-labs/flux-dev', { prompt, seed: 5, num_outputs: 2 }),
    model: () => replicate({ ...at('replicate', '/v1'), jobs }).image('black-forest-labs/flux-dev'),
    options: { seed: 5, n: 2 },
  },
  'replicate paints within a mask': {
    sdk: () => replicateSdk('black-forest-labs/flux-fill-pro', { prompt, seed: 5, image: startUrl, mask: startUrl }),
    model: () => replicate({ ...at('replicate', '/v1'), jobs }).image('black-forest-labs/flux-fill-pro'),
    ask: (model) => editImage({ ...edit, model, mask: start }),
  },
  'replicate upscales': {
    sdk: () => replicateSdk('nightmareai/real-esrgan', { image: startUrl, scale: 4 }),
    model: () => replicate({ ...at('replicate', '/v1'), jobs }).image('nightmareai/real-esrgan'),
    ask: (model) => upscaleImage({ model, image: start, factor: 4 }),
  },
  'replicate draws while its first request waits': {
    async sdk() {
      const client = new Replicate({ auth: apiKey, baseUrl: `${services.url('replicate')}/v1`, useFileOutput: false })
      const wait = { mode: 'block', timeout: 5 } as const
      const output = await client.run('black-forest-labs/flux-schnell', { input: { prompt, seed: 5 }, wait })
      return Promise.all((output as unknown as string[]).map(fetched))
    },
    model: () => replicate({ ...at('replicate', '/v1'), jobs }).image('black-forest-labs/flux-schnell'),
    options: { seed: 5 },
  },
  'fal draws': {
    sdk: () => falSdk('fal-ai/flux/dev', { prompt, seed: 5, num_images: 2, image_size: { width: 32, height: 16 } }),
    model: () => fal({ ...at('fal', ''), jobs }).image('fal-ai/flux/dev'),
    options: { seed: 5, n: 2, size: '32x16' },
  },
  'fal paints within a mask': {
    sdk: () => falSdk('fal-ai/flux-pro/v1/fill', { prompt, seed: 5, image_url: startUrl, mask_url: startUrl }),
    model: () => fal({ ...at('fal', ''), jobs }).image('fal-ai/flux-pro/v1/fill'),
    ask: (model) => editImage({ ...edit, model, mask: start }),
  },
  'fal upscales': {
    sdk: () => falSdk('fal-ai/clarity-upscaler', { image_url: startUrl, upscale_factor: 2, prompt, seed: 5 }),
    model: () => fal({ ...at('fal', ''), jobs }).image('fal-ai/clarity-upscaler'),
    ask: (model) => upscaleImage({ model, image: start, factor: 2, prompt, seed: 5 }),
  },
  'luma draws': {
    async sdk() {
      const client = new LumaAI({ ...at('luma', '/dream-machine/v1'), authToken: apiKey })
      let { id = '', state, assets } = await client.generations.image.create({ model: 'photon-1', prompt })
      while (state !== 'completed') ({ state, assets } = await client.generations.get(id))
      return [await fetched(assets?.image)]
    },
    model: () => luma({ ...at('luma', '/dream-machine/v1'), jobs }).image('photon-1'),
  },
}

const bytesOf = ({ data }: GeneratedImage) => Buffer.from(data)

describe.each(Object.entries(sides))('%s', (_name, { sdk, model, options = {}, ask }) => {
  test('the official SDK reads the same pictures from the same service', async () => {
    const official = await sdk()
    const { images } = await (ask?.(model()) ?? generateImage({ model: model(), prompt, ...options }))
    expect(official.length).toBeGreaterThan(0)
    expect(official.every((png) => png.length > 60)).toBe(true)
    expect(images.map(bytesOf)).toEqual(official)
  })
})

test("what OpenAI's SDK counts, we count", async () => {
  const { usage: official } = await openaiSdk().generate({ model: 'gpt-image-2', prompt })
  const { usage } = await generateImage({ model: openai(at('openai', '/v1')).image('gpt-image-2'), prompt })
  expect(usage).toMatchObject({
    input: official?.input_tokens,
    output: official?.output_tokens,
    total: official?.total_tokens,
  })
})
