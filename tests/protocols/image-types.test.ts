import { editImage, generateImage, type ImageModel, upscaleImage } from '@anymodel/core'
import { fal } from '@anymodel/providers/fal'
import { luma } from '@anymodel/providers/luma'
import { expect, test } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { complaints } from './compiler.ts'

type Draw = (model: ImageModel) => Promise<unknown>

/** A model, the type that the service's own SDK gives to its requests, and calls. */
interface Asked {
  readonly model: (options: Parameters<typeof fal>[0]) => ImageModel
  readonly type: string
  readonly calls: readonly Draw[]
}

const image = drawn({ prompt: 'a blue square' })
const instruction = 'in winter'
const edit: Draw = (model) => editImage({ model, image, instruction, seed: 3 })
const masked: Draw = (model) => editImage({ model, image, mask: image, instruction })
const grown: Draw = (model) => upscaleImage({ model, image, factor: 2 })

const ofFal = (id: string, ...calls: readonly Draw[]): Asked => ({
  model: (options) => fal(options).image(id),
  type: `import('@fal-ai/client/endpoints').EndpointTypeMap['${id}']['input']`,
  calls,
})

const services: readonly Asked[] = [
  ofFal('fal-ai/flux/dev', (model) => generateImage({ model, prompt: 'a cat', n: 2, size: '512x512', guidance: 3 })),
  ofFal('fal-ai/flux/dev/image-to-image', (model) => editImage({ model, image, instruction, strength: 0.4, steps: 9 })),
  ofFal('fal-ai/flux-pro/kontext', edit),
  ofFal('fal-ai/nano-banana/edit', (model) => editImage({ model, images: [image, image], instruction })),
  ofFal('fal-ai/flux-2-pro/edit', edit),
  ofFal('fal-ai/flux-pro/v1/fill', masked),
  ofFal('fal-ai/gpt-image-1.5/edit', masked),
  ofFal('fal-ai/z-image/turbo/inpaint', masked),
  ofFal('fal-ai/ideogram/v3/edit', masked),
  ofFal('fal-ai/image-apps-v2/outpaint', (model) => editImage({ model, image, outpaint: { left: 8, top: 4 } })),
  ofFal('fal-ai/clarity-upscaler', grown),
  ofFal('fal-ai/esrgan', grown),
  ofFal('clarityai/crystal-upscaler', grown),
  ofFal('fal-ai/recraft/upscale/crisp', grown),
  {
    model: (options) => luma(options).image('photon-1'),
    type: "import('lumaai/resources/generations/image').ImageCreateParams",
    calls: [
      (model) => generateImage({ model, prompt: 'a cat', aspectRatio: '16:9', format: 'jpeg' }),
      (model) => {
        const reference = { url: 'https://example.com/cat.jpg', weight: 0.8 }
        return generateImage({ model, prompt: 'in winter', extra: { modify_image_ref: reference } })
      },
    ],
  },
]

/** The body that a model writes for a call. */
async function bodyOf(model: Asked['model'], draw: Draw): Promise<unknown> {
  let body: unknown
  const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    body = JSON.parse(String(init?.body))
    return new Response('{}', { status: 400 })
  }
  const options = { apiKey: 'key', baseURL: 'http://service.invalid', fetch: fetch as typeof globalThis.fetch }
  await draw(model(options)).catch(() => {})
  if (body === undefined) throw new Error('nothing was sent')
  return body
}

test("bodies are what the services' own SDKs would send", { timeout: 60_000 }, async () => {
  const lines: string[] = []
  for (const { model, type, calls } of services)
    for (const draw of calls) {
      lines.push(`// ${type}`)
      lines.push(`export const _${lines.length}: ${type} = ${JSON.stringify(await bodyOf(model, draw))}`)
    }
  expect(await complaints(lines.join('\n'), 'images')).toEqual([])
})
