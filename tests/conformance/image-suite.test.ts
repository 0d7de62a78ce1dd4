import type { ImageEvent, ImageModel } from '@anymodel/core'
import { encodePng } from '@anymodel/core/png'
import { testImageModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

type Body = (context?: { skip(): void }) => Promise<void>

/** A PNG file of one pixel: all that the header of a picture needs. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC',
  'base64',
)

/** A model that does all that the suite asks for. */
const sound: ImageModel = {
  provider: 'test',
  id: 'pixel',
  supports: { maxCount: 2, previews: true, knobs: ['seed', 'size', 'aspectRatio'] },
  async *generate({ count, seed = 0, previews, signal }): AsyncGenerator<ImageEvent> {
    for (const fraction of [0.2, 0.5, 0.9]) {
      signal?.throwIfAborted()
      yield { type: 'progress', fraction }
    }
    signal?.throwIfAborted()
    if (previews) yield { type: 'preview', index: 0, mediaType: 'image/png', data: pixel }
    for (let index = 0; index < count; index++) {
      const data = Buffer.concat([pixel, Buffer.from([seed + index])])
      yield { type: 'image', index, seed: seed + index, mediaType: 'image/png', data }
    }
    yield { type: 'finish', usage: {}, response: { provider: 'test', model: 'pixel' } }
  },
}

const larger = encodePng({ width: 128, height: 128, data: new Uint8Array(3 * 128 * 128) })

/** The same for pictures that are changed. */
const changing: ImageModel = {
  ...sound,
  supports: { tasks: ['edit', 'variation', 'upscale'], maxCount: 2, images: 1, mask: true },
  async *generate(call) {
    for await (const event of sound.generate(call))
      yield event.type === 'image' && call.upscale ? { ...event, data: larger } : event
  },
}

/** The cases of the suite for a model, not run. */
function casesFor(model: ImageModel): Map<string, Body> {
  const cases = new Map<string, Body>()
  const test = Object.assign((name: string, body: Body) => void cases.set(name, body), { skip: () => {} })
  testImageModel({ describe: (_name, body) => body(), test, name: 'changed', make: () => model, timeout: 5_000 })
  return cases
}

/** The same model, its events sent through a function. */
const through = (change: (event: ImageEvent) => readonly ImageEvent[]): ImageModel => ({
  ...sound,
  async *generate(call) {
    for await (const event of sound.generate(call)) yield* change(event)
  },
})

/** Models that are wrong in one way, and the case that must find it. */
const mutants: readonly (readonly [string, string, ImageModel])[] = [
  [
    'finishes twice',
    'there are as many pictures as one request is asked for, and one finish that is last',
    through((event) => (event.type === 'finish' ? [event, event] : [event])),
  ],
  [
    'gives one picture whatever it is asked for',
    'there are as many pictures as one request is asked for, and one finish that is last',
    through((event) => (event.type === 'image' && event.index > 0 ? [] : [event])),
  ],
  [
    'goes back',
    'progress goes from 0 to 1 and never back',
    through((event) => (event.type === 'progress' ? [event, { type: 'progress', fraction: 0.1 }] : [event])),
  ],
  [
    'gives no previews',
    'there are previews where they are asked for, and only there',
    through((event) => (event.type === 'preview' ? [] : [event])),
  ],
  [
    'gives previews that nobody asked for',
    'there are previews where they are asked for, and only there',
    { ...sound, generate: (call) => sound.generate({ ...call, previews: true }) },
  ],
  [
    'passes over the seed',
    'the same seed gives the same picture, another seed another one',
    { ...sound, generate: ({ seed: _seed, ...call }) => sound.generate(call) },
  ],
  [
    'gives no picture at all',
    'a picture is a file of the type that it says',
    through((event) => (event.type === 'image' ? [{ ...event, data: new Uint8Array() }] : [event])),
  ],
  [
    'says 0 where nothing was counted',
    'a picture is a file of the type that it says',
    through((event) => (event.type === 'finish' ? [{ ...event, usage: { input: 0 } }] : [event])),
  ],
  [
    'never sees the signal',
    'an abort before the call rejects with the reason',
    { ...sound, generate: ({ signal: _signal, ...call }) => sound.generate(call) },
  ],
  [
    'gives an upscaled picture as it was',
    'an upscaled picture has more pixels',
    { ...changing, generate: (call) => sound.generate(call) },
  ],
  [
    'fails without words, though it declares variations',
    'a picture without words makes a variation',
    {
      ...changing,
      async *generate(call) {
        if (call.prompt === '') throw new Error('There are no words.')
        yield* changing.generate(call)
      },
    },
  ],
  [
    'gives one edit whatever it is asked for',
    'more edits than one request gives come all the same',
    { ...changing, generate: (call) => changing.generate({ ...call, count: 1 }) },
  ],
  [
    'gives no file within a mask',
    'a mask says where a picture changes',
    {
      ...changing,
      generate: ({ mask, ...call }) => (mask ? sound.generate({ ...call, count: 0 }) : sound.generate(call)),
    },
  ],
]

const run = (model: ImageModel, name: string): Promise<void> => {
  const body = casesFor(model).get(name)
  if (!body) throw new Error(`There is no case "${name}".`)
  return body()
}

describe('the suite of image models', () => {
  it('has nothing to say against one that is right', async () => {
    for (const [name, body] of [...casesFor(sound), ...casesFor(changing)])
      await expect(body(), name).resolves.toBeUndefined()
  })

  it.each(mutants)('finds one that %s', async (_what, name, model) => {
    await expect(run(model, name)).rejects.toThrow()
  })
})
