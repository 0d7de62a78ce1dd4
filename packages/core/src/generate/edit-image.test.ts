import { describe, expect, it } from 'vitest'
import type { ImageCall, ImageEvent, ImageModel, ImageSupport } from '../contract/image.ts'
import { decodePng, encodePng } from '../png/index.ts'
import { editImage } from './edit-image.ts'
import { generateImage } from './generate-image.ts'
import type { ImageEditOptions, ImageUpscaleOptions } from './image-options.ts'
import { streamImageEdit, streamImageUpscale } from './stream-image.ts'
import { upscaleImage } from './upscale-image.ts'

/** Options as a program without types may give them. */
type Loose<O> = { readonly [K in keyof O]?: O[K] | undefined }

/** A grey that grows from left to right. */
const slope = (width: number, height: number): Uint8Array =>
  encodePng({
    width,
    height,
    data: Uint8Array.from({ length: 3 * width * height }, (_, i) => 10 * (Math.floor(i / 3) % width)),
  })

interface Asked extends ImageModel {
  readonly calls: ImageCall[]
}

/** Gives pictures of 8 x 4 pixels, and remembers what it was asked for. */
function painting(supports: ImageSupport): Asked {
  const calls: ImageCall[] = []
  return {
    provider: 'test',
    id: 'painting',
    supports,
    calls,
    async *generate(call): AsyncGenerator<ImageEvent> {
      calls.push(call)
      for (let index = 0; index < call.count; index++)
        yield { type: 'image', index, mediaType: 'image/x', data: slope(8, 4) }
      yield { type: 'finish', usage: {}, response: { provider: 'test', model: 'painting' } }
    },
  }
}

const picture = slope(4, 2)
const failing = (options: Loose<ImageEditOptions>, supports: ImageSupport = { images: 2, mask: true }) =>
  editImage({ model: painting(supports), image: picture, instruction: 'red', ...options } as ImageEditOptions).catch(
    (error: unknown) => error,
  )

describe('editImage', () => {
  it('hands pictures, instruction, mask and tuning to the model', async () => {
    const model = painting({ images: 2, mask: true, knobs: ['strength'] })
    const { images } = await editImage({
      model,
      image: picture,
      mask: picture,
      instruction: 'red',
      strength: 0.4,
      n: 2,
    })
    expect(images).toHaveLength(2)
    expect(images[0]).toMatchObject({ mediaType: 'image/png', width: 8, height: 4 })
    expect(model.calls[0]).toMatchObject({ prompt: 'red', strength: 0.4, images: [{ mediaType: 'image/png' }] })
    expect(model.calls[0]?.mask?.data).toEqual(picture)
    await editImage({ model, images: [picture, picture], instruction: 'like the second' })
    expect(model.calls.at(-1)?.images).toHaveLength(2)
    expect(model.calls.at(-1)).not.toHaveProperty('outpaint')
  })

  it('makes variations with models that have that, and tells others what to do', async () => {
    const model = painting({ tasks: ['variation'] })
    await editImage({ model, image: picture })
    expect(model.calls).toMatchObject([{ prompt: '', images: [{ mediaType: 'image/png' }] }])
    expect(await failing({ instruction: undefined })).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('say in words what to change'),
    })
    expect(await failing({}, { tasks: ['variation'] })).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('leave the words out'),
    })
  })

  it('leaves a mask without words to the model', async () => {
    const model = painting({ images: 1, mask: true })
    await editImage({ model, image: picture, mask: picture })
    expect(model.calls).toMatchObject([{ prompt: '', mask: { mediaType: 'image/png' } }])
  })

  it('refuses what the model lacks before anything is sent', async () => {
    for (const supports of [{}, { tasks: ['generate'] as const, images: 1 }, { tasks: ['upscale'] as const }])
      expect(await failing({}, supports)).toMatchObject({ code: 'unsupported', provider: 'test', model: 'painting' })
    expect(await failing({ mask: picture }, { images: 1 })).toMatchObject({ code: 'unsupported' })
    expect(await failing({ outpaint: { left: 8 } }, { images: 1 })).toMatchObject({ code: 'unsupported' })
    expect(await failing({ image: undefined, images: [picture, picture, picture] })).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('at most 2 pictures'),
    })
  })

  it.each<[string, Loose<ImageEditOptions>]>([
    ['no picture', { image: undefined }],
    ['an empty list', { image: undefined, images: [] }],
    ['a picture twice', { images: [picture] }],
    ['an instruction that is no text', { instruction: 7 as never }],
    ['mask and outpaint', { mask: picture, outpaint: { left: 8 } }],
    ['outpaint by nothing', { outpaint: {} }],
    ['outpaint inwards', { outpaint: { left: -8 } }],
    ['outpaint by half a pixel', { outpaint: { top: 0.5 } }],
    ['outpaint beyond all bounds', { outpaint: { top: 1e9 } }],
  ])('refuses %s', async (_what, options) => {
    expect(await failing(options)).toMatchObject({ code: 'invalid-argument' })
  })

  it('hands outpaint to models that have it, all four sides filled in', async () => {
    const model = painting({ tasks: ['outpaint'] })
    const { warnings } = await editImage({ model, image: picture, instruction: 'a meadow', outpaint: { left: 2 } })
    expect(warnings).toEqual([])
    expect(model.calls).toMatchObject([{ outpaint: { left: 2, right: 0, top: 0, bottom: 0 } }])
    expect(model.calls[0]?.images?.[0]?.data).toEqual(picture)
  })

  it('outpaints by a mask around a padded picture, and says so', async () => {
    const model = painting({ images: 1, mask: true, knobs: ['size'] })
    const outpaint = { left: 2, right: 1, bottom: 1 }
    const { warnings } = await editImage({ model, image: picture, instruction: 'a meadow', outpaint })
    expect(warnings).toMatchObject([{ option: 'outpaint' }])
    const [call] = model.calls
    expect(call).not.toHaveProperty('outpaint')
    const greys = (data: Uint8Array | undefined) => {
      const { width, data: pixels } = decodePng(data ?? new Uint8Array(), 0)
      const rows = pixels.filter((_, i) => i % 3 === 0)
      return Array.from({ length: rows.length / width }, (_, y) => [...rows.subarray(y * width, (y + 1) * width)])
    }
    const row = [0, 0, 0, 10, 20, 30, 30]
    expect(greys(call?.images?.[0]?.data)).toEqual([row, row, row])
    const kept = [255, 255, 0, 0, 0, 0, 255]
    expect(greys(call?.mask?.data)).toEqual([kept, kept, Array(7).fill(255)])
  })

  it('asks for the padded size where models that choose among pixels have it', async () => {
    const model = painting({ images: 1, mask: true, knobs: ['size'] })
    const asked = { model, image: slope(64, 64), instruction: 'a meadow' }
    await editImage({ ...asked, outpaint: { left: 64 } })
    const { warnings } = await editImage({ ...asked, outpaint: { left: 50 } })
    expect(warnings[0]?.message).toMatch(/It chooses the pixels, which would be 114x64/)
    await editImage({ ...asked, outpaint: { left: 64 }, size: '256x128' })
    expect(model.calls.map(({ size }) => size?.width)).toEqual([128, undefined, 256])
  })

  it('does so without a word when asked to emulate, and not at all under error', async () => {
    const model = painting({ images: 1, mask: true })
    const asked = { model, image: picture, instruction: 'a meadow', outpaint: { left: 2 } }
    expect((await editImage({ ...asked, onUnsupported: 'emulate' })).warnings).toEqual([])
    await expect(editImage({ ...asked, onUnsupported: 'error' })).rejects.toMatchObject({ code: 'unsupported' })
    expect(model.calls).toHaveLength(1)
  })

  it('pads PNG files alone, whole ones, and not to any size', async () => {
    const outpaint = { left: 2 }
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)
    expect(await failing({ image: jpeg, outpaint })).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Give the picture as PNG'),
    })
    expect(await failing({ image: picture.subarray(0, 40), outpaint })).toMatchObject({ code: 'invalid-argument' })
    const far = { left: 16_000, right: 16_000, top: 16_000 }
    expect(await failing({ outpaint: far })).toMatchObject({ code: 'invalid-argument' })
  })

  it('is streamed, too', async () => {
    const model = painting({ images: 1 })
    const stream = streamImageEdit({ model, image: picture, instruction: 'red' })
    const types: string[] = []
    for await (const { type } of stream) types.push(type)
    expect(types).toEqual(['image', 'finish'])
    expect((await stream.result).images).toHaveLength(1)
    await expect(streamImageEdit({ model, instruction: 'red' }).result).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })
})

describe('upscaleImage', () => {
  const grow = (options: Loose<ImageUpscaleOptions>, supports: ImageSupport = { tasks: ['upscale'] }) => {
    const model = painting(supports)
    return upscaleImage({ model, image: picture, ...options } as ImageUpscaleOptions).then(
      (result) => ({ ...result, call: model.calls[0] }),
      (error: unknown) => ({ error }),
    )
  }

  it('asks for a factor, or leaves it to the model, and reads the size from the bytes', async () => {
    const twice = await grow({ factor: 2 })
    expect(twice).toMatchObject({ images: [{ width: 8, height: 4 }], warnings: [] })
    expect(twice).toMatchObject({ call: { prompt: '', upscale: { factor: 2 }, images: [{ mediaType: 'image/png' }] } })
    expect(await grow({ prompt: 'a slope' })).toMatchObject({ call: { prompt: 'a slope', upscale: {} } })
  })

  it('says a size as factor, with a warning where the shape is another', async () => {
    expect(await grow({ size: '8x4' })).toMatchObject({ call: { upscale: { factor: 2 } }, warnings: [] })
    const wide = await grow({ size: '12x4' })
    expect(wide).toMatchObject({ call: { upscale: { factor: 3 } }, warnings: [{ option: 'size' }] })
    expect(wide).not.toHaveProperty('call.size')
    expect(await grow({ size: '12x4', onUnsupported: 'error' })).toMatchObject({ error: { code: 'unsupported' } })
    const exact = await grow({ size: '12x4' }, { tasks: ['upscale'], knobs: ['size'] })
    expect(exact).toMatchObject({ call: { size: { width: 12, height: 4 }, upscale: { factor: 3 } }, warnings: [] })
  })

  it('refuses models that do not upscale, before anything is sent', async () => {
    for (const supports of [{}, { images: 4, mask: true }])
      expect(await grow({}, supports)).toMatchObject({
        error: { code: 'unsupported', message: expect.stringContaining('does not upscale') },
      })
    await expect(generateImage({ model: painting({ tasks: ['upscale'] }), prompt: 'x' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('it can upscale'),
    })
  })

  it.each<[string, Loose<ImageUpscaleOptions>]>([
    ['no picture', { image: undefined }],
    ['a factor that shrinks', { factor: 0.5 }],
    ['a factor that is no number', { factor: Number.NaN }],
    ['a factor beyond all bounds', { factor: 100 }],
    ['factor and size', { factor: 2, size: '8x4' }],
    ['a size that is smaller', { size: '2x1' }],
    ['a prompt that is no text', { prompt: 1 as never }],
  ])('refuses %s', async (_what, options) => {
    expect(await grow(options)).toMatchObject({ error: { code: 'invalid-argument' } })
  })

  it('is streamed, too', async () => {
    const stream = streamImageUpscale({ model: painting({ tasks: ['upscale'] }), image: picture, factor: 2 })
    expect((await stream.result).images).toMatchObject([{ width: 8 }])
  })
})
