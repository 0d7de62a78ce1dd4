import { editImage, generateImage, type ImageModel, upscaleImage } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'
import { describe, expect, it } from 'vitest'
import { fal } from '../fal.ts'
import { replicate } from '../replicate.ts'
import { png, type Seen, serve } from '../testing/service.ts'
import type { MarketplaceOptions } from './marketplace.ts'

const url = `data:image/png;base64,${png.toString('base64')}`
const apiKey = 'marketplace-secret-key'

interface Place {
  readonly seen: Seen[]
  readonly image: (id: string, options?: MarketplaceOptions) => ImageModel
}

async function atFal(): Promise<Place> {
  const { seen, origin } = await serve(() => ({ json: { image: { url, content_type: 'image/png' } } }))
  return { seen, image: (id, options) => fal({ apiKey, baseURL: origin, ...options }).image(id) }
}

async function atReplicate(): Promise<Place> {
  const { seen, origin } = await serve(() => ({ json: { id: 'p1', status: 'succeeded', output: url } }))
  return { seen, image: (id, options) => replicate({ apiKey, baseURL: origin, ...options }).image(id) }
}

const inputs = ({ seen }: Place) => seen.map(({ body }) => (body.input ?? body) as Record<string, unknown>)

describe('models of fal', () => {
  it('upscale, each by its own name of the factor', async () => {
    const place = await atFal()
    for (const id of ['clarity-upscaler', 'esrgan', 'recraft/upscale/crisp'])
      await upscaleImage({ model: place.image(`fal-ai/${id}`), image: png, factor: 3, seed: 1 })
    expect(inputs(place)).toEqual([
      { image_url: url, upscale_factor: 3, seed: 1 },
      { image_url: url, scale: 3, seed: 1 },
      { image_url: url, seed: 1 },
    ])
    const { warnings } = await upscaleImage({ model: place.image('fal-ai/swin2sr'), image: png, factor: 3 })
    expect(warnings.map(({ option }) => option)).toEqual(['factor'])
    await expect(
      generateImage({ model: place.image('fal-ai/clarity-upscaler'), prompt: 'a cat' }),
    ).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('start from one picture or several, paint within masks, and beyond edges', async () => {
    const place = await atFal()
    const words = { instruction: 'in winter', images: [png, png] }
    await editImage({ ...words, model: place.image('fal-ai/nano-banana/edit') })
    await editImage({ ...words, model: place.image('fal-ai/gpt-image-1.5/edit'), mask: png })
    const one = { instruction: 'a hat', image: png }
    await editImage({ ...one, model: place.image('fal-ai/flux-pro/v1/fill'), mask: png, n: 2 })
    await editImage({ ...one, model: place.image('fal-ai/image-apps-v2/outpaint'), outpaint: { left: 40 } })
    await editImage({ model: place.image('fal-ai/birefnet'), image: png })
    expect(inputs(place)).toEqual([
      { prompt: 'in winter', image_urls: [url, url] },
      { prompt: 'in winter', image_urls: [url, url], mask_image_url: url },
      { prompt: 'a hat', num_images: 2, image_url: url, mask_url: url },
      {
        ...{ prompt: 'a hat', image_url: url },
        ...{ expand_left: 40, expand_right: 0, expand_top: 0, expand_bottom: 0 },
      },
      { image_url: url },
    ])
    await expect(editImage({ ...words, model: place.image('fal-ai/flux/dev') })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('are asked as they are told to be, and what is given by hand wins', async () => {
    const place = await atFal()
    const models = {
      'me/larger': { tasks: ['upscale'], knobs: [], inputs: { image: 'photo', factor: 'by', factorText: '{}x' } },
    } as const
    const model = place.image('me/larger', { models })
    const { warnings } = await upscaleImage({
      model,
      image: png,
      factor: 2,
      seed: 4,
      extra: { photo: 'https://a.example/b' },
    })
    expect(inputs(place)).toEqual([{ photo: 'https://a.example/b', by: '2x' }])
    expect(warnings.map(({ option }) => option)).toEqual(['seed'])
    expect(place.image('toString', { models }).supports.tasks).toContain('generate')
  })
})

describe('models of Replicate', () => {
  it('upscale, each by its own name and way of writing the factor', async () => {
    const place = await atReplicate()
    const ids = ['nightmareai/real-esrgan', 'tencentarc/gfpgan:0123', 'topazlabs/image-upscale', 'google/upscaler']
    for (const id of [...ids, 'philz1337x/clarity-upscaler', 'recraft-ai/recraft-crisp-upscale'])
      await upscaleImage({ model: place.image(id), image: png, factor: 4 })
    expect(inputs(place)).toEqual([
      { image: url, scale: 4 },
      { img: url, scale: 4 },
      { image: url, upscale_factor: '4x' },
      { image: url, upscale_factor: 'x4' },
      { image: url, scale_factor: 4 },
      { image: url },
    ])
  })

  it('start from one picture or several, and paint within masks', async () => {
    const place = await atReplicate()
    const one = { instruction: 'a hat', image: png }
    await editImage({ ...one, model: place.image('black-forest-labs/flux-kontext-pro') })
    await editImage({ ...one, model: place.image('black-forest-labs/flux-fill-pro'), mask: png })
    await editImage({ ...one, model: place.image('stability-ai/sdxl:7762fd07'), mask: png, strength: 0.6 })
    const mask = Buffer.from(encodePng({ width: 1, height: 1, data: Uint8Array.of(255, 255, 255) }))
    await editImage({ ...one, model: place.image('ideogram-ai/ideogram-v3-turbo'), mask })
    const turned = Buffer.from(String(inputs(place).pop()?.mask).replace(/^.*,/, ''), 'base64')
    expect([...decodePng(turned, 0).data]).toEqual([0, 0, 0])
    place.seen.pop()
    const two = { instruction: 'a hat', images: [png, png] }
    await editImage({ ...two, model: place.image('google/nano-banana-pro') })
    await editImage({ ...two, model: place.image('black-forest-labs/flux-2-pro') })
    await editImage({ model: place.image('bria/remove-background'), image: png })
    expect(inputs(place)).toEqual([
      { prompt: 'a hat', input_image: url },
      { prompt: 'a hat', image: url, mask: url },
      { prompt: 'a hat', image: url, mask: url, prompt_strength: 0.6 },
      { prompt: 'a hat', image_input: [url, url] },
      { prompt: 'a hat', input_images: [url, url] },
      { image: url },
    ])
  })
})
