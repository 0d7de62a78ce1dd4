import { editImage, generateImage, upscaleImage } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'
import { describe, expect, it } from 'vitest'
import { ideogram } from '../ideogram.ts'
import { formOf, png, serve } from '../testing/service.ts'

const drawing = async () => {
  const { seen, origin } = await serve(({ path }, _times, origin) =>
    path === '/out.png'
      ? { bytes: png }
      : { json: { data: [{ url: `${origin}/out.png`, seed: 5, is_image_safe: true }] } },
  )
  const service = ideogram({ apiKey: 'ideogram-secret-key', baseURL: origin })
  return { seen, image: service.image }
}

/** Two pixels, of which the second is to be painted. */
const mask = Buffer.from(encodePng({ width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 255, 255, 255) }))

describe('Ideogram', () => {
  it('draws with version 4 by its own names and resolutions, or by a prompt in JSON', async () => {
    const { seen, image } = await drawing()
    const model = image('ideogram-v4')
    const { warnings } = await generateImage({ model, prompt: 'a cat', aspectRatio: '16:9', quality: 'high', seed: 3 })
    expect(seen[0]?.path).toBe('/v1/ideogram-v4/generate')
    expect(await formOf(seen[0])).toEqual({ text_prompt: 'a cat', resolution: '2560x1440', rendering_speed: 'QUALITY' })
    expect(warnings.map(({ option }) => option)).toEqual(['seed'])
    await generateImage({ model, prompt: 'a cat', extra: { json_prompt: { high_level_description: 'a dog' } } })
    expect(await formOf(seen[2])).toEqual({ json_prompt: '{"high_level_description":"a dog"}' })
  })

  it('draws and edits with version 4.5 by the second version of the API', async () => {
    const { seen, image } = await drawing()
    const model = image('ideogram-4-5')
    await generateImage({ model, prompt: 'a cat', n: 2, seed: 3, quality: 'low', size: '1024x1024' })
    const edit = { model, images: [png, png], instruction: 'a hat', mask, aspectRatio: '16:9' } as const
    const { warnings } = await editImage(edit)
    const asked = seen.filter(({ method }) => method === 'POST')
    expect(asked.map(({ path }) => path)).toEqual([
      '/v2/image/generate/ideogram-4-5',
      '/v2/image/precise-edit/ideogram-4-5',
    ])
    expect(await formOf(asked[0])).toEqual({
      ...{ prompt: 'a cat', num_images: '2', seed: '3', quality: 'low', size: '1024x1024' },
    })
    const form = await formOf(asked[1])
    expect(Object.keys(form)).toEqual(['prompt', 'num_images', 'image', 'reference_images', 'mask'])
    expect([...decodePng(form.mask as Buffer, 0).data]).toEqual([255, 255, 255, 0, 0, 0])
    expect(warnings.map(({ option }) => option)).toContain('aspectRatio')
  })

  it('remixes a picture as closely as told', async () => {
    const { seen, image } = await drawing()
    const edit = { instruction: 'in winter', image: png }
    await editImage({ ...edit, model: image('ideogram-v4'), strength: 0.3 })
    await editImage({ ...edit, model: image('ideogram-v3'), strength: 0, n: 2, size: '640x1400' })
    expect(seen[0]?.path).toBe('/v1/ideogram-v4/remix')
    expect(await formOf(seen[0])).toEqual({ text_prompt: 'in winter', image_weight: '70', image: png })
    expect(seen[2]?.path).toBe('/v1/ideogram-v3/remix')
    expect(await formOf(seen[2])).toEqual({
      ...{ prompt: 'in winter', num_images: '2', resolution: '640x1408' },
      ...{ image_weight: '100', image: png },
    })
  })

  it('paints within a mask, black where ours is white, and says what that leaves out', async () => {
    const { seen, image } = await drawing()
    const edit = { model: image('ideogram-v3'), instruction: 'a hat', image: png, mask }
    const { warnings } = await editImage({ ...edit, negativePrompt: 'dogs', seed: 4 })
    const form = await formOf(seen[0])
    expect(seen[0]?.path).toBe('/v1/ideogram-v3/inpaint')
    expect(Object.keys(form)).toEqual(['prompt', 'num_images', 'seed', 'image', 'mask'])
    expect([...decodePng(form.mask as Buffer, 0).data]).toEqual([255, 255, 255, 0, 0, 0])
    expect(warnings.map(({ option }) => option)).toEqual(['negativePrompt'])
    await expect(editImage({ ...edit, negativePrompt: 'dogs', onUnsupported: 'error' })).rejects.toMatchObject({
      code: 'unsupported',
    })
    await expect(
      editImage({ ...edit, mask: { data: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), mediaType: 'image/jpeg' } }),
    ).rejects.toMatchObject({ code: 'unsupported', message: /PNG/ })
  })

  it('reframes, changes or takes off a background, and upscales', async () => {
    const { seen, image } = await drawing()
    await editImage({ model: image('ideogram-v3/reframe'), image: png, aspectRatio: '3:1', seed: 2 })
    await editImage({ model: image('ideogram-v3/replace-background'), image: png, instruction: 'a beach' })
    await editImage({ model: image('remove-background'), image: png })
    const { warnings } = await upscaleImage({ model: image('upscale'), image: png, prompt: 'a cat', factor: 2 })
    const asked = seen.filter(({ method }) => method === 'POST')
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/ideogram-v3/reframe',
      '/v1/ideogram-v3/replace-background',
      '/v1/remove-background',
      '/upscale',
    ])
    expect(await Promise.all(asked.map(formOf))).toEqual([
      { num_images: '1', resolution: '1536x512', seed: '2', image: png },
      { prompt: 'a beach', num_images: '1', image: png },
      { image: png },
      { image_request: '{"prompt":"a cat","num_images":1}', image_file: png },
    ])
    expect(warnings.map(({ option }) => option)).toEqual(['factor'])
    const model = image('ideogram-v3/reframe')
    await expect(editImage({ model, image: png })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(generateImage({ model, prompt: 'a cat' })).rejects.toMatchObject({ code: 'unsupported' })
  })
})
