import assert from 'node:assert/strict'
import {
  editImage,
  type ImageEditOptions,
  type ImageModel,
  type ImageSupport,
  type ImageTask,
  imageTasks,
  upscaleImage,
} from '@anymodel/core'
import { encodePng } from '@anymodel/core/png'
import { failure } from './case.ts'
import { checkImage, type ImageCase, quick } from './images.ts'

/** Pixels of the picture that is changed, a side. */
const side = 64

/** A square on a slope of colours: something to see for every model. */
const picture = squareOn((x, y) => [4 * x, 4 * y, 90])
/** Its right half. */
const mask = squareOn((x) => (x < side / 2 ? [0, 0, 0] : [255, 255, 255]))

function squareOn(colour: (x: number, y: number) => readonly number[]): Uint8Array {
  const colours = Array.from({ length: side * side }, (_, at) => colour(at % side, Math.floor(at / side)))
  return encodePng({ width: side, height: side, data: Uint8Array.from(colours.flat()) })
}

const edit = (model: ImageModel, options: Partial<ImageEditOptions> = {}) =>
  editImage({ model, image: picture, ...quick(model), ...options })

const lacks =
  (task: ImageTask) =>
  (supports: ImageSupport): string | undefined =>
    imageTasks(supports).includes(task) ? undefined : `the model has no task ${task}`

/** What a model that lacks a task must be asked to see it refused. */
const asked: Readonly<Record<Exclude<ImageTask, 'generate'>, (model: ImageModel) => Promise<unknown>>> = {
  edit: (model) => edit(model, { instruction: 'make it red' }),
  variation: (model) => edit(model),
  outpaint: (model) => edit(model, { instruction: 'a meadow', outpaint: { right: side }, onUnsupported: 'error' }),
  upscale: (model) => upscaleImage({ model, image: picture }),
}

const refusals = Object.entries(asked).map(
  ([task, ask]): ImageCase => ({
    name: `a model that does not declare the task ${task} is not asked for it`,
    unless: (supports) => (lacks(task as ImageTask)(supports) ? undefined : `the model has the task ${task}`),
    async run({ model }) {
      assert.equal((await failure(ask(model))).code, 'unsupported')
    },
  }),
)

/** Pictures that are changed, as far as a model declares that in `supports.tasks`. */
export const imageEdits: readonly ImageCase[] = [
  {
    name: 'words change a picture',
    unless: lacks('edit'),
    async run({ model }) {
      const { images, response } = await edit(model, { instruction: 'make it red' })
      checkImage(images[0])
      assert.equal(response.provider, model.provider)
    },
  },
  {
    name: 'more edits than one request gives come all the same',
    unless: lacks('edit'),
    async run({ model }) {
      const n = (model.supports.maxCount ?? 1) + 1
      const { images } = await edit(model, { instruction: 'make it red', n })
      assert.equal(images.length, n)
      for (const image of images) checkImage(image)
    },
  },
  {
    name: 'a mask says where a picture changes',
    unless: (supports) => lacks('edit')(supports) ?? (supports.mask ? undefined : 'the model paints within no masks'),
    async run({ model }) {
      checkImage((await edit(model, { instruction: 'a red square', mask })).images[0])
    },
  },
  {
    name: 'a picture without words makes a variation',
    unless: lacks('variation'),
    async run({ model }) {
      checkImage((await edit(model)).images[0])
    },
  },
  {
    name: 'a picture is painted on beyond its edges, or a warning says how else it was done',
    unless: (supports) =>
      lacks('outpaint')(supports) && (lacks('edit')(supports) || !supports.mask)
        ? 'the model has neither the task outpaint nor masks'
        : undefined,
    async run({ model }) {
      const { images, warnings } = await edit(model, { instruction: 'a meadow', outpaint: { right: side } })
      checkImage(images[0])
      const isTold = warnings.some(({ option }) => option === 'outpaint')
      assert.equal(isTold, lacks('outpaint')(model.supports) !== undefined)
    },
  },
  {
    name: 'an upscaled picture has more pixels',
    unless: lacks('upscale'),
    async run({ model }) {
      const [image] = (await upscaleImage({ model, image: picture, factor: 2 })).images
      checkImage(image)
      if (image.width !== undefined && image.height !== undefined)
        assert.ok(image.width > side && image.height > side, `it has ${image.width} x ${image.height} pixels`)
    },
  },
  {
    name: 'an abort before an edit rejects with the reason',
    unless: (supports) => (imageTasks(supports).join() === 'generate' ? 'the model changes no pictures' : undefined),
    async run({ model }) {
      const reason = new Error('changed my mind')
      const { supports } = model
      const [task] = imageTasks(supports).filter((name) => name !== 'generate')
      const signal = AbortSignal.abort(reason)
      const options = { model, image: picture, signal }
      const attempt =
        task === 'upscale'
          ? upscaleImage(options)
          : editImage({
              ...options,
              ...(task !== 'variation' && { instruction: 'make it red' }),
              ...(task === 'outpaint' && { outpaint: { right: side } }),
            })
      await assert.rejects(attempt, (error) => error === reason)
    },
  },
  ...refusals,
]
