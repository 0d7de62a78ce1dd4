import { editImage, generateImage, upscaleImage } from '@anymodel/core'
import { decodePng, encodeGreyPng, encodePng } from '@anymodel/core/png'
import { describe, expect, it } from 'vitest'
import { recraft } from '../recraft.ts'
import { png, type Reply, serve } from '../testing/service.ts'

const picture = { b64_json: png.toString('base64') }
const url = `data:image/png;base64,${picture.b64_json}`
/** The picture's pixel is red: dark. */
const maskUrl = `data:image/png;base64,${Buffer.from(encodeGreyPng({ width: 1, height: 1, data: Uint8Array.of(0) })).toString('base64')}`
const b64 = { response_format: 'b64_json' }
const svg = '<?xml version="1.0"?><!-- traced --><svg xmlns="http://www.w3.org/2000/svg"/>'

const at = async (reply: Reply = { json: { created: 1, data: [picture], credits: 40 } }) => {
  const { seen, origin } = await serve(() => reply)
  return { seen, image: recraft({ apiKey: 'recraft-secret-key', baseURL: origin }).image }
}
const asked = (seen: readonly { readonly path: string; readonly body: unknown }[]) =>
  seen.map(({ path, body }) => [path, body])

describe('Recraft', () => {
  it('draws by words with what its versions have', async () => {
    const { seen, image } = await at()
    const model = image('recraftv4_1')
    const { warnings, response } = await generateImage({ model, prompt: 'a cat', negativePrompt: 'dogs' })
    await generateImage({ model: image('recraftv3'), prompt: 'a cat', negativePrompt: 'dogs', size: '1024x1024' })
    expect(warnings.map(({ option }) => option)).toEqual(['negativePrompt'])
    expect(response.details).toEqual({ credits: 40 })
    expect(asked(seen)).toEqual([
      ['/images/generations', { model: 'recraftv4_1', prompt: 'a cat', n: 1, ...b64 }],
      [
        '/images/generations',
        { model: 'recraftv3', prompt: 'a cat', negative_prompt: 'dogs', size: '1024x1024', n: 1, ...b64 },
      ],
    ])
  })

  it('starts from a picture, paints within a mask, and beyond the edges', async () => {
    const { seen, image } = await at()
    const words = { image: png, instruction: 'in winter', extra: { controls: { no_text: true } } }
    await editImage({ ...words, model: image('recraftv4_1'), strength: 0.2 })
    const { warnings } = await editImage({ ...words, model: image('recraftv3'), mask: png, strength: 0.2 })
    await editImage({ ...words, model: image('recraftv3'), outpaint: { right: 64 }, negativePrompt: 'dogs' })
    const usual = { image_url: url, prompt: 'in winter', n: 1, controls: { no_text: true }, ...b64 }
    expect(asked(seen)).toEqual([
      ['/images/imageToImage', { ...usual, model: 'recraftv4_1', strength: 0.2 }],
      ['/images/inpaint', { ...usual, model: 'recraftv3', mask_url: maskUrl }],
      [
        '/images/outpaint',
        {
          ...{ ...usual, model: 'recraftv3', negative_prompt: 'dogs' },
          ...{ expand_left: 0, expand_right: 64, expand_top: 0, expand_bottom: 0 },
        },
      ],
    ])
    expect(warnings.map(({ option }) => option)).toEqual(['strength'])
    await expect(editImage({ ...words, model: image('recraftv4_1'), mask: png })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('sends masks as greys that are black or white', async () => {
    const { seen, image } = await at()
    const data = Uint8Array.of(10, 20, 30, 200, 210, 190, 255, 255, 255)
    const mask = Buffer.from(encodePng({ width: 3, height: 1, data }))
    await editImage({ model: image('recraftv3'), image: png, mask, instruction: 'a hat' })
    const sent = Buffer.from(String(seen[0]?.body.mask_url).replace(/^.*,/, ''), 'base64')
    expect(sent[25]).toBe(0)
    expect([...decodePng(sent, 0).data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255, 255])
  })

  it('has tools that need no words, and gives vector graphics as such', async () => {
    const { seen, image } = await at({
      json: { image: { b64_json: Buffer.from(svg).toString('base64') }, credits: 10 },
    })
    const { images } = await editImage({ model: image('vectorize'), image: png })
    await editImage({ model: image('removeBackground'), image: png })
    await editImage({ model: image('eraseRegion'), image: png, mask: png })
    await upscaleImage({ model: image('crispUpscale'), image: png })
    const big = await upscaleImage({ model: image('creativeUpscale'), image: png, factor: 4 })
    expect(images[0]?.mediaType).toBe('image/svg+xml')
    expect(big.warnings.map(({ option }) => option)).toEqual(['factor'])
    expect(asked(seen)).toEqual([
      ['/images/vectorize', { image_url: url, ...b64 }],
      ['/images/removeBackground', { image_url: url, ...b64 }],
      ['/images/eraseRegion', { image_url: url, mask_url: maskUrl, ...b64 }],
      ['/images/crispUpscale', { image_url: url, ...b64 }],
      ['/images/creativeUpscale', { image_url: url, ...b64 }],
    ])
  })

  it('changes backgrounds, makes variations in another shape, and says what it needs for that', async () => {
    const { seen, image } = await at()
    await editImage({ model: image('replaceBackground'), image: png, instruction: 'a beach', n: 3 }).catch(() => {})
    await editImage({ model: image('variateImage'), image: png, aspectRatio: '16:9', seed: 4 })
    expect(asked(seen)).toEqual([
      ['/images/replaceBackground', { image_url: url, prompt: 'a beach', n: 3, ...b64 }],
      ['/images/variateImage', { image_url: url, size: '16:9', random_seed: 4, n: 1, ...b64 }],
    ])
    const lacking = [
      editImage({ model: image('variateImage'), image: png }),
      editImage({ model: image('generateBackground'), image: png, instruction: 'a beach' }),
      editImage({ model: image('recraftv3'), image: png, outpaint: { left: 9 } }),
    ]
    for (const one of lacking) await expect(one).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(seen).toHaveLength(2)
  })
})
