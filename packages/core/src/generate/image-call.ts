import type { ImageCall, ImageKnob, ImageModel, ImageTask, MediaInput } from '../contract/image.ts'
import type { Warning } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'
import { readMedia } from './file-input.ts'
import { givenFile } from './given-file.ts'
import type { ImageInput, ImageOptions, PictureOptions } from './image-options.ts'
import { imageTaskOf, imageTasks, mostImages } from './image-task.ts'

/** All tuning options of pictures; `previews` is one that asks for more, and is left out in the same way. */
const knobs: readonly (ImageKnob | 'previews')[] = [
  'size',
  'aspectRatio',
  'seed',
  'negativePrompt',
  'steps',
  'guidance',
  'quality',
  'background',
  'format',
  'strength',
  'previews',
]

/** A call that a model can take, but for how many pictures. */
interface Fitted {
  readonly call: Omit<ImageCall, 'count'>
  readonly warnings: readonly Warning[]
}

/** Checks the options, refuses what the model lacks or leaves it out, and reads the pictures. Rejects with `invalid-argument` or `unsupported` before anything is sent. */
export async function toImageCall(options: PictureOptions, model: ImageModel): Promise<Fitted> {
  const { model: _model, n: _n, concurrency: _concurrency, downloads, size, images, mask, ...rest } = options
  check(options)
  refuse(options, model)
  const fetching = { downloads, signal: options.signal }
  const read = (input: ImageInput) => readImage(input, fetching)
  const pixels = size === undefined ? undefined : toSize(size)
  const given = await fitPictures(
    {
      ...rest,
      ...(pixels && { size: pixels }),
      ...(images && images.length > 0 && { images: await Promise.all(images.map(read)) }),
      ...(mask !== undefined && { mask: await read(mask) }),
    },
    model,
  )
  return fitted(given, model)
}

/** Leaves out the tuning options that the model lacks. */
function fitted({ call: given, warnings }: Fitted, model: ImageModel): Fitted {
  const missing = knobs.filter((knob) => isGiven(given[knob]) && !has(model, knob))
  if (missing.length > 0 && given.onUnsupported === 'error')
    throw unsupported(model, `does not support ${missing.join(', ')}. Leave it out, or set onUnsupported: 'warn'.`)
  const call: Record<string, unknown> = { ...given }
  for (const knob of missing) delete call[knob]
  const { provider, id } = model
  const left = missing.map((option) => ({
    option,
    message: `${provider}/${id} does not support ${option}: it was left out.`,
  }))
  return { call: call as unknown as Fitted['call'], warnings: [...warnings, ...left] }
}

/** Says in the model's terms what of pictures was asked for. */
async function fitPictures(call: Fitted['call'], model: ImageModel): Promise<Fitted> {
  const [first] = call.images ?? []
  if (!first || !(call.outpaint || call.upscale)) return { call, warnings: [] }
  const { grown, outpainted } = await import('./fit-pictures.ts')
  if (call.upscale) return grown(call, first, model)
  return imageTasks(model.supports).includes('outpaint') ? { call, warnings: [] } : outpainted(call, first, model)
}

/** `previews: false` asks for nothing. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== false

const has = ({ supports }: ImageModel, knob: ImageKnob | 'previews'): boolean =>
  knob === 'previews' ? supports.previews === true : (supports.knobs ?? []).includes(knob)

function refuse(options: PictureOptions, model: ImageModel): void {
  const { images = [], mask, onUnsupported } = options
  const task = imageTaskOf(options)
  const tasks = imageTasks(model.supports)
  const most = mostImages(model.supports)
  const paints = model.supports.mask === true && tasks.includes('edit')
  const isEmulated = task === 'outpaint' && paints && onUnsupported !== 'error'
  if (!tasks.includes(task) && !isEmulated) throw unsupported(model, refusals[task](tasks))
  if (images.length > most) throw unsupported(model, `takes at most ${most} picture${most === 1 ? '' : 's'}.`)
  if (mask !== undefined && !paints) throw unsupported(model, 'does not paint within a mask.')
}

/** Why a model that lacks a task is refused, and what it can be asked for. */
const refusals: Readonly<Record<ImageTask, (tasks: readonly ImageTask[]) => string>> = {
  generate: (tasks) => `does not draw from words alone: it can ${tasks.join(', ')}. Give it pictures.`,
  edit: (tasks) =>
    `does not start from pictures${tasks.includes('variation') ? ' with words: leave the words out' : ''}.`,
  variation: (tasks) =>
    tasks.includes('edit') ? 'makes no variations: say in words what to change.' : 'does not start from pictures.',
  outpaint: (tasks) =>
    `does not paint beyond the edges of a picture: it can ${tasks.join(', ')}. Choose a model with the task outpaint, or with masks.`,
  upscale: (tasks) => `does not upscale pictures: it can ${tasks.join(', ')}. Choose a model with the task upscale.`,
}

const unsupported = ({ provider, id }: ImageModel, what: string): AnyModelError =>
  new AnyModelError('unsupported', `${provider}/${id} ${what}`, { provider, model: id })

const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && Number(value) >= least

/** Pictures of one call. */
const mostPictures = 1_000

function check(options: PictureOptions): void {
  const { prompt, n, concurrency, seed, steps, guidance, strength, aspectRatio, images = [], mask } = options
  if (typeof prompt !== 'string' || (prompt.trim() === '' && images.length === 0))
    wrong('prompt must be a text that is not empty.')
  if (n !== undefined && !(isWhole(n, 1) && n <= mostPictures))
    wrong(`n must be a whole number from 1 to ${mostPictures}, not ${n}.`)
  for (const [name, value] of Object.entries({ concurrency, steps }))
    if (value !== undefined && !isWhole(value, 1)) wrong(`${name} must be a whole number above 0, not ${value}.`)
  if (seed !== undefined && !isWhole(seed, 0)) wrong(`seed must be a whole number from 0 on, not ${seed}.`)
  if (guidance !== undefined && !(Number.isFinite(guidance) && guidance >= 0))
    wrong(`guidance must be a number from 0 on, not ${guidance}.`)
  if (strength !== undefined && !(strength >= 0 && strength <= 1))
    wrong(`strength must be a number from 0 to 1, not ${strength}.`)
  if (aspectRatio !== undefined && !/^[1-9]\d*:[1-9]\d*$/.test(aspectRatio))
    wrong(`aspectRatio must look like 16:9, not "${aspectRatio}".`)
  if (!Array.isArray(images)) wrong('images must be a list of pictures.')
  if (images.length === 0 && mask !== undefined) wrong('mask says what of a picture is painted anew: give images too.')
  if (images.length === 0 && strength !== undefined)
    wrong('strength says how far the result may be from a picture: give images too.')
}

export function toSize(size: NonNullable<ImageOptions['size']>): { readonly width: number; readonly height: number } {
  const [, across, down] = typeof size === 'string' ? (/^(\d+)x(\d+)$/.exec(size) ?? []) : []
  const { width, height } = typeof size === 'string' ? { width: Number(across), height: Number(down) } : size
  if (isWhole(width, 1) && isWhole(height, 1)) return { width, height }
  const given = typeof size === 'string' ? size : JSON.stringify(size)
  return wrong(`size must be WIDTHxHEIGHT in pixels, such as 512x512, or { width, height }, not ${given}.`)
}

export async function readImage(input: ImageInput, fetching: Parameters<typeof readMedia>[1]): Promise<MediaInput> {
  const file = isBare(input) ? { data: input } : input
  if (file?.data === undefined || file.data === null)
    return wrong('A picture is given as bytes, as a URL, as a data URL or as base64 text.')
  return givenFile('picture', await readMedia(file, fetching))
}

const isBare = (input: ImageInput): input is Exclude<ImageInput, { readonly data: unknown }> =>
  typeof input === 'string' || input instanceof Uint8Array || input instanceof ArrayBuffer || input instanceof URL
