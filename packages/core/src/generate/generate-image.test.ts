import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ImageCall, ImageEvent, ImageModel, ImageSupport } from '../contract/image.ts'
import { generateImage } from './generate-image.ts'
import type { ImageOptions } from './image-options.ts'
import { streamImage } from './stream-image.ts'

/** The frame of a PNG file, with its size and one byte that tells it from others. */
function png(width: number, height: number, mark = 0): Uint8Array {
  const bytes = Buffer.alloc(45, mark)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  bytes.set([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44], 33)
  return bytes
}

const everything: ImageSupport = {
  images: 2,
  mask: true,
  previews: true,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'strength'],
}

interface Drawn extends ImageModel {
  readonly calls: ImageCall[]
}

/** A model that draws headers of PNG files, marked with their seed; `events` changes what it says. */
function drawing(
  supports: ImageSupport = everything,
  events: (call: ImageCall, events: ImageEvent[]) => ImageEvent[] = (_call, all) => all,
): Drawn {
  const calls: ImageCall[] = []
  return {
    provider: 'test',
    id: 'drawing',
    supports,
    calls,
    async *generate(call) {
      calls.push(call)
      const pictures = Array.from({ length: call.count }, (_, index) => {
        const seed = (call.seed ?? 0) + index
        return { type: 'image', index, seed, mediaType: 'image/x', data: png(64, 32, seed) } as const
      })
      const response = { provider: 'test', model: 'drawing' }
      const finish = { type: 'finish', usage: { input: 3 }, response } as const
      const all: ImageEvent[] = [
        { type: 'progress', fraction: 0.5, step: 1, steps: 2 },
        { type: 'preview', index: 0, mediaType: 'image/png', data: png(8, 8) },
        ...pictures,
        finish,
      ]
      for (const event of events(call, all)) {
        call.signal?.throwIfAborted()
        yield event
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

const prompt = 'a star'
const failing = (options: Partial<ImageOptions>) =>
  generateImage({ model: drawing(), prompt, ...options } as ImageOptions).catch((error: unknown) => error)

describe('generateImage', () => {
  it('gives pictures whose type and size are read from their bytes', async () => {
    const model = drawing()
    const { images, usage, warnings, attempts, response } = await generateImage({ model, prompt, size: '64x32' })
    expect(images).toHaveLength(1)
    expect(images[0]).toMatchObject({ mediaType: 'image/png', width: 64, height: 32, seed: 0 })
    expect(model.calls).toMatchObject([{ prompt, count: 1, size: { width: 64, height: 32 } }])
    expect({ usage, warnings }).toEqual({ usage: { input: 3 }, warnings: [] })
    expect(attempts).toMatchObject([{ outcome: 'ok', provider: 'test' }])
    expect(response).toMatchObject({ model: 'drawing' })
  })

  it('saves a picture, and gives it as a data URL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anymodel-image-'))
    try {
      const { images } = await generateImage({ model: drawing(), prompt })
      await images[0]?.save(join(folder, 'a.png'))
      expect(new Uint8Array(readFileSync(join(folder, 'a.png')))).toEqual(new Uint8Array(png(64, 32)))
      expect(images[0]?.toDataURL()).toMatch(/^data:image\/png;base64,iVBOR/)
      const lost = images[0]?.save(join(folder, 'no', 'a.png'))
      await expect(lost).rejects.toMatchObject({ code: 'invalid-argument' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('splits a number of pictures over requests, in order, each with a seed of its own', async () => {
    const model = drawing({ ...everything, maxCount: 2 }, (call, all) => (call.seed === 5 ? all : [...all]))
    const { images, usage, attempts } = await generateImage({ model, prompt, n: 5, seed: 5 })
    expect(model.calls.map(({ count, seed }) => [count, seed])).toEqual([
      [2, 5],
      [2, 7],
      [1, 9],
    ])
    expect(images.map(({ seed }) => seed)).toEqual([5, 6, 7, 8, 9])
    expect(usage).toEqual({ input: 9 })
    expect(attempts).toHaveLength(3)
  })

  it('leaves out what the model lacks with a warning, or refuses it', async () => {
    const model = drawing({})
    const lacking = { model, prompt, seed: 1, quality: 'high', previews: true } as const
    const { warnings } = await generateImage(lacking)
    expect(warnings.map(({ option }) => option)).toEqual(['seed', 'quality', 'previews'])
    expect(model.calls[0]).not.toHaveProperty('seed')
    await expect(generateImage({ ...lacking, onUnsupported: 'error' })).rejects.toMatchObject({ code: 'unsupported' })
    expect(model.calls).toHaveLength(1)
  })

  it('refuses pictures and masks that the model can not take, before anything runs', async () => {
    const model = drawing({})
    const image = png(1, 1)
    for (const options of [{ images: [image] }, { images: [image], mask: image }])
      await expect(generateImage({ model, prompt, ...options })).rejects.toMatchObject({ code: 'unsupported' })
    const two = drawing({ images: 1 })
    await expect(generateImage({ model: two, prompt, images: [image, image] })).rejects.toThrow('at most 1 picture')
    await expect(generateImage({ model: two, prompt, images: [image], mask: image })).rejects.toThrow('mask')
    expect([...model.calls, ...two.calls]).toEqual([])
  })

  it('reads pictures from bytes, data URLs and base64', async () => {
    const model = drawing()
    const base64 = Buffer.from(png(2, 2)).toString('base64')
    await generateImage({
      model,
      prompt,
      images: [png(2, 2), { data: base64 }],
      mask: `data:image/png;base64,${base64}`,
    })
    const { images = [], mask } = model.calls[0] as ImageCall
    for (const file of [...images, mask]) expect(file).toMatchObject({ mediaType: 'image/png' })
    expect(Buffer.from(mask?.data ?? []).toString('base64')).toBe(base64)
  })

  it.each<[string, Partial<Record<keyof ImageOptions, unknown>>]>([
    ['an empty prompt', { prompt: ' ' }],
    ['a prompt that is no text', { prompt: 7 }],
    ['no pictures', { n: 0 }],
    ['half a picture', { n: 1.5 }],
    ['a billion pictures', { n: 1e9 }],
    ['a size without numbers', { size: 'big' }],
    ['a size of nothing', { size: '0x64' }],
    ['a size that is half there', { size: { width: 64 } }],
    ['a seed below 0', { seed: -1 }],
    ['half a step', { steps: 0.5 }],
    ['guidance that is no number', { guidance: Number.NaN }],
    ['too much strength', { strength: 1.1, images: [png(1, 1)] }],
    ['strength without a picture', { strength: 0.5 }],
    ['a mask without a picture', { mask: png(1, 1) }],
    ['an aspect ratio in words', { aspectRatio: 'wide' }],
    ['an empty picture', { images: [new Uint8Array()] }],
    ['a picture that is a number', { images: [7] }],
    ['a picture of nothing', { images: [null] }],
    ['pictures that are no list', { images: png(1, 1) }],
    ['a model that is a name', { model: 'dall-e' }],
    ['a model of another kind', { model: { stream: () => {} } }],
  ])('refuses %s', async (_what, options) => {
    expect(await failing(options as Partial<ImageOptions>)).toMatchObject({ code: 'invalid-argument' })
  })

  it('an answer without its end, without a picture or with one too many is an error', async () => {
    const without = (type: string) => drawing(everything, (_call, all) => all.filter((event) => event.type !== type))
    expect(await failing({ model: without('finish') })).toMatchObject({ code: 'truncated' })
    expect(await failing({ model: without('image') })).toMatchObject({ code: 'malformed' })
    const more = drawing(
      everything,
      (_call, [first, , image, finish]) => [first, { ...image, index: 3 }, finish] as never,
    )
    expect(await failing({ model: more })).toMatchObject({ code: 'malformed' })
  })

  it('warns when a service holds pictures back', async () => {
    const model = drawing({ maxCount: 3 }, (_call, all) =>
      all.filter((event) => event.type !== 'image' || event.index !== 1),
    )
    const { images, warnings } = await generateImage({ model, prompt, n: 3 })
    expect(images.map(({ seed }) => seed)).toEqual([0, 2])
    expect(warnings).toMatchObject([{ option: 'n', message: expect.stringContaining('2 of 3') }])
  })

  it('a request that fails ends the others', async () => {
    const model = drawing(everything, (call, all) => {
      if (call.seed === 1) throw new Error('broken')
      return Array.from({ length: 1_000 }, () => all[0] as ImageEvent)
    })
    await expect(generateImage({ model, prompt, n: 2, seed: 0 })).rejects.toThrow('broken')
    expect(model.calls[0]?.signal?.aborted).toBe(true)
  })

  it('an abort rejects with the reason', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const model = drawing(everything, (_call, all) => Array.from({ length: 10_000 }, () => all[0] as ImageEvent))
    expect(await failing({ model, signal: AbortSignal.abort(reason) })).toBe(reason)
    expect(model.calls).toEqual([])
    const running = failing({ model, signal: controller.signal })
    setTimeout(() => controller.abort(reason), 5)
    expect(await running).toBe(reason)
  })
})

describe('streamImage', () => {
  it('asks nobody before it is read, then tells all, with one finish at the end', async () => {
    const model = drawing()
    const stream = streamImage({ model, prompt, n: 2, seed: 1 })
    expect(model.calls).toEqual([])
    const events: ImageEvent[] = []
    for await (const event of stream) events.push(event)
    const indexes = events.flatMap((event) => (event.type === 'image' ? [event.index] : []))
    expect(indexes.sort()).toEqual([0, 1])
    expect(events.filter(({ type }) => type === 'finish')).toEqual([events.at(-1)])
    const fractions = events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []))
    expect(fractions).toEqual([0.25, 0.5])
    expect((await stream.result).images).toHaveLength(2)
    expect(model.calls).toHaveLength(2)
  })

  it('a late reader gets the pictures, and of progress the latest', async () => {
    const many = drawing(everything, (_call, all) => [
      ...Array.from({ length: 3_000 }, () => all[0] as ImageEvent),
      ...all,
    ])
    const stream = streamImage({ model: many, prompt })
    await stream.result
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types.slice(-2)).toEqual(['image', 'finish'])
    expect(types.length).toBeLessThan(3_000)
  })

  it('leaving cancels', async () => {
    const model = drawing(everything, (_call, all) => Array.from({ length: 1_000 }, () => all[0] as ImageEvent))
    for await (const event of streamImage({ model, prompt })) if (event.type === 'progress') break
    expect(model.calls[0]?.signal?.aborted).toBe(true)
  })

  it('an abort reaches the reader with its reason', async () => {
    const controller = new AbortController()
    const stream = streamImage({ model: drawing(), prompt, signal: controller.signal })
    const reading = (async () => {
      for await (const _event of stream) controller.abort('enough')
    })()
    await expect(reading).rejects.toBe('enough')
  })
})
