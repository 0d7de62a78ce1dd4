import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type GeneratedImage, generateImage, type ImageEvent, type ImageOptions, streamImage } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'
import { afterAll, describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { drawnHere } from '../testing/drawn-here.ts'
import { perToken, type ToyDiffusionOptions, toyDiffusion } from '../testing/toy-diffusion.ts'
import { toyModel } from '../testing/toy-model.ts'

const local = onnx()
afterAll(() => local.close())

/** In a worker, as users have it; models of other makes are drawn with here, which starts sooner. */
const plain = local.image(`dir:${toyDiffusion()}`)
const toy = (options: ToyDiffusionOptions) => drawnHere(toyDiffusion(options))

type Asked = Partial<Omit<ImageOptions, 'model'>>
const ask = (model: ImageOptions['model'], options: Asked = {}) =>
  generateImage({ model, prompt: 'a b', seed: 1, steps: 3, guidance: 1, ...options })
const failure = (model: ImageOptions['model'], options: Asked = {}): Promise<unknown> =>
  ask(model, options).then(
    () => undefined,
    (error: unknown) => error,
  )

const pixelsOf = (image: GeneratedImage | undefined) => decodePng(image?.data ?? new Uint8Array(), 0)

/** The byte of a brightness from -1 to 1. */
const byte = (brightness: number): number => Math.round((brightness + 1) * 127.5)

/** The first pixel of the only picture, and that all others are like it. */
async function greyOf(model: ImageOptions['model'], options: Asked = {}): Promise<number> {
  const { images } = await ask(model, options)
  const { data } = pixelsOf(images[0])
  expect(new Set(data).size).toBe(1)
  return data[0] as number
}

/** A picture in two halves, left and right. */
function halves(width: number, height: number, left: number, right: number): Uint8Array {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) =>
    Math.floor(i / 3) % width < width / 2 ? left : right,
  )
  return encodePng({ width, height, data })
}

/** Ids of a prompt with its marks and its padding to 6 tokens. */
const sumOf = { empty: 0 + 5 * 1, ab: 0 + 2 + 3 + 3 * 1, a: 0 + 2 + 4 * 1, aaaa: 0 + 4 * 2 + 1 }

describe('a prompt', () => {
  it('becomes the picture that the denoiser makes of its tokens', async () => {
    expect(await greyOf(plain)).toBe(byte(sumOf.ab * perToken))
    expect(await greyOf(plain, { prompt: 'A' })).toBe(byte(sumOf.a * perToken))
  })

  it('leads away from the negative one, as far as guidance says', async () => {
    const guided = (negative: number, guidance: number) =>
      byte((negative + guidance * (sumOf.ab - negative)) * perToken)
    expect(await greyOf(plain, { guidance: 4 })).toBe(guided(sumOf.empty, 4))
    expect(await greyOf(plain, { guidance: 4, negativePrompt: 'a' })).toBe(guided(sumOf.a, 4))
    const { warnings } = await ask(plain, { guidance: 1, negativePrompt: 'a' })
    expect(warnings).toMatchObject([{ option: 'negativePrompt' }])
  })

  it('that is too long is cut, with a warning', async () => {
    const { images, warnings, usage } = await ask(plain, { prompt: 'a a a a b b' })
    expect(pixelsOf(images[0]).data[0]).toBe(byte(sumOf.aaaa * perToken))
    expect(warnings).toMatchObject([{ option: 'prompt', message: expect.stringContaining('6 tokens') }])
    expect(usage).toEqual({ input: 6, total: 6 })
    expect((await ask(plain, { prompt: 'a'.repeat(100_000) })).warnings).toHaveLength(1)
  })
})

describe('models of several makes', () => {
  it('of 16 bits draw the same', async () => {
    expect(await greyOf(toy({ precision: 'float16' }), { guidance: 4 })).toBe(await greyOf(plain, { guidance: 4 }))
  })

  it('SDXL reads two encoders, their pooled output and the size; an empty negative prompt is nothing at all', async () => {
    const xl = toy({ xl: true })
    const sizes = 4 * 8
    const prompt = 2 * sumOf.ab * perToken + (sumOf.ab + sizes) / 1_024
    expect(await greyOf(xl)).toBe(byte(prompt))
    const empty = sizes / 1_024
    expect(await greyOf(xl, { guidance: 2 })).toBe(byte(empty + 2 * (prompt - empty)))
    const a = 2 * sumOf.a * perToken + (sumOf.a + sizes) / 1_024
    expect(await greyOf(xl, { guidance: 2, negativePrompt: 'a' })).toBe(byte(a + 2 * (prompt - a)))
  })

  it('LCM is told the guidance as an embedded number, and knows no negative prompt', async () => {
    const lcm = toy({ lcm: true })
    const angles = [3_000, 3_000 / 10_000]
    const embedded = angles.reduce((sum, angle) => sum + Math.sin(angle) + Math.cos(angle), 0)
    const { images, warnings } = await ask(lcm, { guidance: 4, negativePrompt: 'a' })
    // One step of it leaves a trace of the noise.
    const expected = byte(sumOf.ab * perToken + embedded / 1_024)
    for (const value of pixelsOf(images[0]).data) expect(Math.abs(value - expected)).toBeLessThanOrEqual(1)
    expect(warnings).toMatchObject([{ option: 'negativePrompt' }])
  })

  it('turbo models take one step without guidance, others what their folder says', async () => {
    const stepsOf = async (model: ImageOptions['model'], options: object = {}) => {
      const { response } = await generateImage({ model, prompt: 'a', ...options })
      return (response.details as { timing: { steps: number } }).timing.steps
    }
    const named = { _class_name: 'StableDiffusionPipeline', _name_or_path: 'org/sd-turbo' }
    expect(await stepsOf(toy({ files: { 'model_index.json': named } }))).toBe(1)
    expect(await stepsOf(toy({ files: { 'generation_config.json': { num_inference_steps: 7 } } }))).toBe(7)
    expect(await stepsOf(plain)).toBe(25)
    expect(await stepsOf(plain, { steps: 2 })).toBe(2)
    expect(await stepsOf(toy({ lcm: true }))).toBe(4)
  })

  it('a scheduler may say that something has no bound, in the words of Python', async () => {
    const text =
      '{ "_class_name": "DPMSolverMultistepScheduler", "prediction_type": "sample", "lambda_min_clipped": -Infinity }'
    expect(await greyOf(toy({ files: { 'scheduler/scheduler_config.json': text } }))).toBe(byte(sumOf.ab * perToken))
  })

  it('any scheduler can be named by the call', async () => {
    for (const _class_name of ['PNDMScheduler', 'EulerAncestralDiscreteScheduler', 'DPMSolverMultistepScheduler']) {
      const scheduler = { _class_name, skip_prk_steps: true, set_alpha_to_one: true }
      expect(await greyOf(plain, { steps: 6, extra: { scheduler } })).toBe(byte(sumOf.ab * perToken))
    }
    expect(await failure(plain, { extra: { scheduler: 'euler' } })).toMatchObject({ code: 'bad-request' })
    const unknown = { _class_name: 'HeunDiscreteScheduler' }
    expect(await failure(plain, { extra: { scheduler: unknown } })).toMatchObject({ code: 'config' })
  })
})

describe('the size', () => {
  const sizeOf = async (model: ImageOptions['model'], options: Asked = {}) => {
    const { width, height } = (await ask(model, options)).images[0] ?? {}
    return `${width}x${height}`
  }

  it('is what the model is made for, what is asked for, or what has the ratio', async () => {
    expect(await sizeOf(plain)).toBe('8x8')
    expect(await sizeOf(plain, { size: '16x4' })).toBe('16x4')
    expect(await sizeOf(plain, { aspectRatio: '4:1' })).toBe('16x4')
    expect((await ask(plain, { size: '8x8', aspectRatio: '4:1' })).warnings).toMatchObject([{ option: 'aspectRatio' }])
  })

  it('follows the picture to start from', async () => {
    expect(await sizeOf(plain, { images: [halves(300, 80, 0, 255)] })).toBe('16x4')
  })

  it.each<[string, Asked['size']]>([
    ['that is no multiple of what the model can divide', '9x8'],
    ['that is too large', '100000x100000'],
  ])('%s is refused', async (_what, size) => {
    expect(await failure(plain, { size: size as never })).toMatchObject({ code: 'bad-request', provider: 'onnx' })
  })

  it('is one for a graph that was exported so', async () => {
    const fixed = toy({ fixed: 4 })
    expect(await sizeOf(fixed)).toBe('4x4')
    expect(await failure(fixed, { size: '8x8' })).toMatchObject({ message: expect.stringContaining('4x4 alone') })
  })
})

describe('seeds', () => {
  it('give the same picture again, and another one otherwise', async () => {
    // A denoiser that is not followed to the end leaves its noise in the picture.
    const noisy = toy({
      files: { 'scheduler/scheduler_config.json': { _class_name: 'DDIMScheduler', prediction_type: 'v_prediction' } },
    })
    const draw = async (options: Asked) =>
      Buffer.from((await ask(noisy, options)).images[0]?.data ?? []).toString('base64')
    const first = await draw({ seed: 5 })
    expect(await draw({ seed: 5 })).toBe(first)
    expect(await draw({ seed: 6 })).not.toBe(first)
    const { images } = await generateImage({ model: noisy, prompt: 'a b', steps: 3, guidance: 1, n: 2 })
    const [one, other] = images.map(({ seed }) => seed)
    expect(one).not.toBe(other)
    expect(await draw({ seed: one as number })).toBe(Buffer.from(images[0]?.data ?? []).toString('base64'))
    const split = await ask(noisy, { seed: 5, n: 2 })
    expect(split.images.map(({ seed }) => seed)).toEqual([5, 6])
    expect(Buffer.from(split.images[0]?.data ?? []).toString('base64')).toBe(first)
  })
})

describe('a picture to start from', () => {
  const image = halves(8, 8, 40, 200)

  it('stays as it is without strength', async () => {
    for (const model of [plain, toy({ variance: true }), toy({ precision: 'float16' })]) {
      const { images } = await ask(model, { images: [image], strength: 0 })
      expect(pixelsOf(images[0]).data).toEqual(decodePng(image, 0).data)
    }
  })

  it('is left behind with strength, in as many steps as that asks for', async () => {
    const { images, response } = await ask(plain, { images: [image], strength: 0.5, steps: 8 })
    expect((response.details as { timing: object }).timing).toMatchObject({ steps: 4 })
    expect(pixelsOf(images[0]).data[0]).toBe(byte(sumOf.ab * perToken))
  })

  it('is painted within the mask, and stays to the pixel around it', async () => {
    for (const model of [plain, toy({ channels: 9 })]) {
      const { images } = await ask(model, { images: [image], mask: halves(8, 8, 0, 255) })
      const { data } = pixelsOf(images[0])
      for (let x = 0; x < 4; x++) expect(data[3 * x]).toBe(40)
      const drawn = byte(sumOf.ab * perToken)
      // The toy for inpainting adds the masked picture, which is middle grey there.
      for (let x = 4; x < 8; x++) expect(Math.abs((data[3 * x] as number) - drawn)).toBeLessThanOrEqual(1)
    }
  })

  it('is needed by a model for inpainting, and refused by one that has no encoder', async () => {
    expect(await failure(toy({ channels: 9 }))).toMatchObject({ code: 'unsupported' })
    expect(await failure(toy({ encoder: false }), { images: [image] })).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('vae_encoder'),
    })
  })

  it('that can not be read is refused', async () => {
    const broken = [Buffer.from('GIF89a, or so'), image.subarray(0, 60)]
    for (const data of broken)
      expect(await failure(plain, { images: [data] })).toMatchObject({ code: 'invalid-argument' })
    for (const data of [Buffer.from('GIF89a;or so'), Buffer.from([0xff, 0xd8, 0xff, 0, 0])])
      expect(await failure(plain, { images: [data] })).toMatchObject({ code: 'bad-request' })
  })
})

describe('on the way', () => {
  it('there is progress for every step, and a preview where it is asked for', async () => {
    const events: ImageEvent[] = []
    for await (const event of streamImage({ model: plain, prompt: 'a b', steps: 3, guidance: 1, previews: true }))
      events.push(event)
    expect(events.map(({ type }) => type).join(' ')).toBe('progress preview progress preview progress image finish')
    const previews = events.filter((event) => event.type === 'preview')
    // The toy knows from the first step on what it draws.
    for (const { data } of previews) expect(decodePng(data, 0).data[0]).toBe(byte(sumOf.ab * perToken))
    expect(events[0]).toMatchObject({ step: 1, steps: 3, fraction: 0.25 })
  })

  it('a preview of a large picture has a pixel per latent, in colours learnt from the decoder', async () => {
    const size = '256x256'
    const previews: ImageEvent[] = []
    for await (const event of streamImage({ model: plain, prompt: 'a b', size, steps: 3, guidance: 1, previews: true }))
      if (event.type === 'preview') previews.push(event)
    expect(previews).toHaveLength(2)
    for (const preview of previews) {
      const { data } = decodePng((preview as { data: Uint8Array }).data, 0)
      expect(Math.abs((data[0] as number) - byte(sumOf.ab * perToken))).toBeLessThanOrEqual(2)
    }
  })

  it('an abort ends it within a step, and the model draws on', async () => {
    const controller = new AbortController()
    const stream = streamImage({ model: plain, prompt: 'a', steps: 900, signal: controller.signal })
    let steps = 0
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'progress' && ++steps === 2) controller.abort('enough')
    })()
    await expect(reading).rejects.toBe('enough')
    expect(await greyOf(plain)).toBe(byte(sumOf.ab * perToken))
    expect(steps).toBeLessThan(900)
  })
})

describe('a safety checker', () => {
  it('blanks what it takes for harmful, and says so', async () => {
    const model = toy({ harmfulAbove: byte(6.5 * perToken) / 255 })
    const { images } = await ask(model)
    expect(images[0]).toMatchObject({ flagged: true, width: 8 })
    expect(new Set(pixelsOf(images[0]).data)).toEqual(new Set([0]))
    const previews: number[] = []
    for await (const event of streamImage({ model, prompt: 'a b', seed: 1, steps: 3, guidance: 1, previews: true }))
      if (event.type === 'preview') previews.push(...decodePng(event.data, 0).data)
    expect(new Set(previews), 'previews are looked at too').toEqual(new Set([0]))
    const harmless = await ask(model, { prompt: 'a' })
    expect(harmless.images[0]).not.toHaveProperty('flagged')
    expect(pixelsOf(harmless.images[0]).data[0]).toBe(byte(sumOf.a * perToken))
  })
})

describe('a folder that can not be used says why', () => {
  const without = (path: string) => {
    const folder = toyDiffusion()
    rmSync(join(folder, path))
    return folder
  }
  it.each<[string, () => string, RegExp]>([
    ['a text model', () => toyModel({ says: 'x' }), /no model_index\.json, no text_encoder\/model\.onnx/],
    ['one without a denoiser', () => without('unet/model.onnx'), /no unet\/model\.onnx\./],
    ['one without a tokenizer', () => without('tokenizer/vocab.json'), /vocab\.json/],
    ['a damaged scheduler', () => toyDiffusion({ files: { 'scheduler/scheduler_config.json': '{' } }), /damaged/],
    [
      'a scheduler that is a list',
      () => toyDiffusion({ files: { 'scheduler/scheduler_config.json': '[]' } }),
      /not a JSON object/,
    ],
    [
      'a size in words',
      () => toyDiffusion({ files: { 'unet/config.json': { sample_size: 'big' } } }),
      /sample_size is no number/,
    ],
    [
      'another pipeline',
      () => toyDiffusion({ files: { 'model_index.json': { _class_name: 'FluxPipeline' } } }),
      /FluxPipeline/,
    ],
    [
      'a pipeline of a third version',
      () => toyDiffusion({ files: { 'model_index.json': { _class_name: 'StableDiffusion3Pipeline' } } }),
      /StableDiffusion3Pipeline/,
    ],
    [
      'a denoiser of strange channels',
      () => toyDiffusion({ files: { 'unet/config.json': { in_channels: 8 } } }),
      /8 channels/,
    ],
    [
      'a damaged graph',
      () => toyDiffusion({ files: { 'vae_decoder/model.onnx': 'no graph' } }),
      /vae_decoder.*damaged/,
    ],
    ['a graph of something else', () => toyDiffusion({ files: { 'unet/model.onnx': new Uint8Array() } }), /unet/],
    ['a tokenizer without marks', () => toyDiffusion({ files: { 'tokenizer/vocab.json': { a: 0 } } }), /startoftext/],
    [
      'a tokenizer of no length',
      () => toyDiffusion({ files: { 'tokenizer/tokenizer_config.json': { model_max_length: 1e30 } } }),
      /tokens/,
    ],
  ])('%s', async (_what, folder, message) => {
    expect(await failure(drawnHere(folder()))).toMatchObject({
      code: 'config',
      message: expect.stringMatching(message),
    })
  })
})
