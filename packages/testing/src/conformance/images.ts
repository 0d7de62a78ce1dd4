import assert from 'node:assert/strict'
import {
  type GeneratedImage,
  generateImage,
  type ImageCall,
  type ImageEvent,
  type ImageKnob,
  type ImageModel,
  type ImageOptions,
  type ImageSupport,
  imageTasks,
  isAnyModelError,
} from '@anymodel/core'
import { type Case, failure } from './case.ts'

/** What a case works with. */
interface ImageContext {
  readonly model: ImageModel
}

/** One behaviour that image models must have. */
export type ImageCase = Case<ImageContext, ImageSupport>

export const prompt = 'a red circle'

const lacks =
  (knob: ImageKnob) =>
  ({ knobs = [] }: ImageSupport): string | undefined =>
    knobs.includes(knob) ? undefined : `the model has no ${knob}`

/** As few steps as may be, and the same picture every time, where the model has that. */
export const quick = ({ supports: { knobs = [] } }: ImageModel): Partial<ImageCall> => ({
  ...(knobs.includes('steps') && { steps: 2 }),
  ...(knobs.includes('seed') && { seed: 1 }),
})

export const draw = (model: ImageModel, options: Partial<ImageOptions> = {}) =>
  generateImage({ model, prompt, ...quick(model), ...options } as ImageOptions)

/** Everything that a model says, to its end. */
export async function read(model: ImageModel, call: Partial<ImageCall> = {}): Promise<ImageEvent[]> {
  const events: ImageEvent[] = []
  for await (const event of model.generate({ prompt, count: 1, ...quick(model), ...call })) events.push(event)
  return events
}

const bytesOf = (image: GeneratedImage | undefined): string => Buffer.from(image?.data ?? []).toString('base64')

/** A file of a picture with its size. */
export function checkImage(image: GeneratedImage | undefined): asserts image is GeneratedImage {
  assert.ok(image, 'there must be a picture')
  assert.match(image.mediaType, /^image\//)
  assert.ok(image.data.length > 0, 'a picture must have bytes')
  if (/png|jpeg|webp|gif/.test(image.mediaType))
    assert.ok((image.width ?? 0) > 0 && (image.height ?? 0) > 0, 'its header must tell its size')
}

/** What must hold of the events of any answer. */
function checkEvents(events: readonly ImageEvent[], count: number): void {
  const finishes = events.filter(({ type }) => type === 'finish')
  assert.deepEqual(finishes, [events.at(-1)], 'there must be one finish, and it must be last')
  const indexes = events.flatMap((event) => (event.type === 'image' ? [event.index] : []))
  assert.deepEqual(
    indexes.sort((a, b) => a - b),
    Array.from({ length: count }, (_, index) => index),
    'there must be one picture for each index',
  )
}

/** The pictures of a model, and what is said on the way. */
export const pictures: readonly ImageCase[] = [
  {
    name: 'a picture is a file of the type that it says',
    async run({ model }) {
      const { images, response, usage } = await draw(model)
      assert.equal(images.length, 1)
      checkImage(images[0])
      assert.equal(response.provider, model.provider)
      const { raw: _raw, ...counts } = usage
      for (const [name, value] of Object.entries(counts))
        assert.ok(value === undefined || (Number.isInteger(value) && value > 0), `usage.${name} is ${String(value)}`)
    },
  },
  {
    name: 'there are as many pictures as one request is asked for, and one finish that is last',
    async run({ model }) {
      for (const count of new Set([1, model.supports.maxCount ?? 1])) checkEvents(await read(model, { count }), count)
    },
  },
  {
    name: 'more pictures than one request gives come all the same, in order',
    async run({ model }) {
      const n = (model.supports.maxCount ?? 1) + 1
      const { images } = await draw(model, { n })
      assert.equal(images.length, n)
      for (const image of images) checkImage(image)
    },
  },
  {
    name: 'progress goes from 0 to 1 and never back',
    async run({ model }) {
      let last = 0
      for (const event of await read(model)) {
        if (event.type !== 'progress') continue
        assert.ok(event.fraction >= last && event.fraction <= 1, `progress goes from ${last} to ${event.fraction}`)
        last = event.fraction
      }
    },
  },
  {
    name: 'there are previews where they are asked for, and only there',
    unless: ({ previews }) => (previews ? undefined : 'the model has no previews'),
    async run({ model }) {
      const countOf = async (previews: boolean) =>
        (await read(model, { previews })).filter(({ type }) => type === 'preview').length
      assert.ok((await countOf(true)) > 0)
      assert.equal(await countOf(false), 0)
    },
  },
  {
    name: 'the same seed gives the same picture, another seed another one',
    unless: lacks('seed'),
    async run({ model }) {
      const picture = async (seed: number) => bytesOf((await draw(model, { seed })).images[0])
      const first = await picture(11)
      assert.equal(await picture(11), first)
      assert.notEqual(await picture(12), first)
    },
  },
  {
    name: 'the seed that a picture tells gives it again',
    unless: lacks('seed'),
    async run({ model }) {
      const { seed: _seed, ...options } = quick(model)
      const [image] = (await generateImage({ model, prompt, ...options })).images
      if (image?.seed !== undefined)
        assert.equal(bytesOf((await draw(model, { seed: image.seed })).images[0]), bytesOf(image))
    },
  },
  {
    name: 'a picture has the size that is asked for',
    unless: lacks('size'),
    async run({ model }) {
      const [usual] = (await draw(model)).images
      checkImage(usual)
      const size = { width: usual.width ?? 0, height: usual.height ?? 0 }
      const [asked] = (await draw(model, { size })).images
      assert.deepEqual({ width: asked?.width, height: asked?.height }, size)
    },
  },
]

/** A value for every tuning option, of which every model that has it takes one. */
const values: Readonly<Partial<Record<ImageKnob, ImageCall[ImageKnob]>>> = {
  aspectRatio: '1:1',
  seed: 3,
  negativePrompt: 'blue',
  steps: 3,
  guidance: 2,
  quality: 'low',
  background: 'opaque',
  format: 'png',
}

/** What input from outside may look like. */
const odd = [
  '\u0000',
  '🙂👩‍👩‍👧',
  'مرحبا',
  '\ud800',
  '<|endoftext|> <|startoftext|>',
  '日本語',
  'a'.repeat(20_000),
  'red '.repeat(2_000),
]

export const imageRequests: readonly ImageCase[] = [
  {
    name: 'tuning options are honoured, or a warning names them',
    async run({ model }) {
      for (const [knob, value] of Object.entries(values)) {
        const { warnings } = await draw(model, { [knob]: value })
        const isHonoured = model.supports.knobs?.includes(knob as ImageKnob)
        assert.equal(
          warnings.some(({ option }) => option === knob),
          !isHonoured,
          isHonoured ? `${knob} is declared: it needs no warning` : `${knob} is not declared: a warning must name it`,
        )
      }
    },
  },
  {
    name: 'pictures and masks that the model can not take are refused',
    async run({ model }) {
      const { mask } = model.supports
      const most = model.supports.images ?? (imageTasks(model.supports).length > 1 ? 1 : 0)
      const [image] = (await draw(model)).images
      checkImage(image)
      const tooMany = draw(model, { images: Array.from({ length: most + 1 }, () => image.data) })
      assert.equal((await failure(tooMany)).code, 'unsupported')
      if (mask || most === 0) return
      assert.equal((await failure(draw(model, { images: [image.data], mask: image.data }))).code, 'unsupported')
    },
  },
  {
    name: 'a picture can be started from',
    unless: (supports) => (imageTasks(supports).includes('edit') ? undefined : 'the model takes no pictures'),
    async run({ model }) {
      const [first] = (await draw(model)).images
      checkImage(first)
      checkImage((await draw(model, { images: [first.data] })).images[0])
      if (model.supports.mask) checkImage((await draw(model, { images: [first.data], mask: first.data })).images[0])
    },
  },
  {
    name: 'a picture that is damaged is refused',
    unless: (supports) => (imageTasks(supports).includes('edit') ? undefined : 'the model takes no pictures'),
    async run({ model }) {
      const [image] = (await draw(model)).images
      checkImage(image)
      const error = await failure(draw(model, { images: [image.data.subarray(0, 40)] }))
      assert.ok(['bad-request', 'invalid-argument'].includes(error.code), error.code)
    },
  },
  {
    name: 'an odd prompt is drawn, or refused with an error of ours',
    async run({ model }) {
      for (const text of odd) {
        const error = await draw(model, { prompt: text }).then(
          ({ images }) => checkImage(images[0]),
          (thrown: unknown) => thrown,
        )
        assert.ok(
          error === undefined || isAnyModelError(error),
          `${JSON.stringify(text.slice(0, 20))}: ${String(error)}`,
        )
      }
    },
  },
]
