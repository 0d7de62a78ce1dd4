import { editImage, generateImage } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { bfl } from '../bfl.ts'
import { huggingface } from '../huggingface.ts'
import { openaiCompatible } from '../openai-compatible.ts'
import { formOf, png, serve } from '../testing/service.ts'
import { together } from '../together.ts'
import { xai } from '../xai.ts'

const base64 = png.toString('base64')
const url = `data:image/png;base64,${base64}`
const apiKey = 'image-secret-key'
const edit = { image: png, instruction: 'a hat' }

describe('Black Forest Labs', () => {
  const at = async () => {
    const { seen, origin } = await serve(({ method }, _times, origin) =>
      method === 'POST'
        ? { json: { polling_url: `${origin}/poll` } }
        : { json: { status: 'Ready', result: { sample: url } } },
    )
    return { seen, image: bfl({ apiKey, baseURL: origin, jobs: { first: 5, most: 5 } }).image }
  }

  it('paints within a mask and beyond the edges', async () => {
    const { seen, image } = await at()
    await editImage({ ...edit, model: image('flux-pro-1.0-fill'), mask: png, steps: 20 })
    await editImage({ model: image('flux-pro-1.0-expand'), image: png, outpaint: { top: 30, right: 4 } })
    const asked = seen.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body])
    expect(asked).toEqual([
      ['/flux-pro-1.0-fill', { prompt: 'a hat', steps: 20, image: base64, mask: base64 }],
      ['/flux-pro-1.0-expand', { image: base64, left: 0, right: 4, top: 30, bottom: 0 }],
    ])
    await expect(generateImage({ model: image('flux-pro-1.0-fill'), prompt: 'a cat' })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('starts from as many pictures as a model takes, under its name for them', async () => {
    const { seen, image } = await at()
    const pictures = { images: [png, png], instruction: 'both', size: '1024x768' } as const
    const { warnings } = await editImage({ ...pictures, model: image('flux-kontext-pro') })
    await editImage({ ...edit, model: image('flux-pro-1.1') })
    const asked = seen.filter(({ method }) => method === 'POST').map(({ body }) => body)
    expect(asked).toEqual([
      { prompt: 'both', input_image: base64, input_image_2: base64 },
      { prompt: 'a hat', image_prompt: base64 },
    ])
    expect(warnings.map(({ option }) => option)).toEqual(['size'])
    await expect(editImage({ ...pictures, model: image('flux-pro-1.1') })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })
})

describe('Hugging Face', () => {
  it('starts from a picture, with the words as a parameter', async () => {
    const { seen, origin } = await serve(() => ({ bytes: png }))
    const model = huggingface({ apiKey, baseURL: origin }).image('black-forest-labs/FLUX.1-Kontext-dev')
    const { warnings } = await editImage({ ...edit, model, size: '512x768', guidance: 4, seed: 2 })
    expect(warnings.map(({ option }) => option)).toEqual(['seed'])
    await editImage({ model, image: png })
    expect(seen.map(({ body }) => body)).toEqual([
      { inputs: base64, parameters: { prompt: 'a hat', target_size: { width: 512, height: 768 }, guidance_scale: 4 } },
      { inputs: base64 },
    ])
  })
})

describe("services that speak OpenAI's dialect", () => {
  it('edit as each of them asks for it', async () => {
    const { seen, origin } = await serve(() => ({ json: { data: [{ b64_json: base64 }] } }))
    await editImage({ ...edit, model: xai({ apiKey, baseURL: origin }).image('grok-imagine-image') })
    await editImage({
      ...edit,
      model: together({ apiKey, baseURL: origin }).image('black-forest-labs/FLUX.1-kontext-pro'),
    })
    const several = { images: [png, png], instruction: 'both' }
    await editImage({ ...several, model: together({ apiKey, baseURL: origin }).image('black-forest-labs/FLUX.2-pro') })
    const house = openaiCompatible({ name: 'house', apiKey, baseURL: origin }).image('flux')
    await editImage({ ...edit, model: house, mask: png })
    expect(seen.map(({ path }) => path)).toEqual([
      ...['/images/edits', '/images/generations', '/images/generations', '/images/edits'],
    ])
    expect(seen[0]?.body).toMatchObject({ prompt: 'a hat', images: [{ type: 'image_url', url }] })
    expect(seen[1]?.body).toMatchObject({ prompt: 'a hat', image_url: url })
    expect(seen[2]?.body).toMatchObject({ prompt: 'both', reference_images: [url, url] })
    expect(seen[2]?.body).not.toHaveProperty('image_url')
    expect(await formOf(seen[3])).toMatchObject({ model: 'flux', prompt: 'a hat', image: png })
  })
})
