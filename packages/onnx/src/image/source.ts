import { AnyModelError, type ImageCall } from '@anymodel/core'
import { decode } from './decode.ts'
import type { Area } from './denoiser.ts'
import type { ImageEngine } from './engine.ts'
import type { Picture } from './picture.ts'
import { covering } from './resize.ts'
import type { Clock } from './run.ts'

/** Files of a call that are read: what there is on the way to the picture. */
export interface Given {
  readonly picture: Picture
  readonly mask: Picture | undefined
}

/** Reads the pictures of a call. Throws `bad-request` for files that can't be read, `unsupported` when a model for inpainting is given none. */
export async function readGiven({ images, mask }: ImageCall, { denoiser }: ImageEngine): Promise<Given | undefined> {
  const [first] = images ?? []
  if (denoiser.inpaints && !(first && mask))
    throw new AnyModelError('unsupported', 'This model only paints within pictures: give images and mask.')
  if (!first) return undefined
  return { picture: await decode(first, 255), mask: mask && (await decode(mask, 0)) }
}

/** A picture to start from, in the size of the one that is drawn. */
export interface Source {
  readonly picture: Picture
  readonly latents: Float32Array
  readonly painted: Painted | undefined
}

/** What is painted anew. */
interface Painted {
  /** 1 where a pixel is painted, 0 where it stays. */
  readonly pixels: Float32Array
  /** The same for every number of the latents: 1 where any pixel under it is painted. */
  readonly latents: Float32Array
  /** Mask and masked picture as further channels, for models made for inpainting. */
  readonly further: Float32Array | undefined
}

/** Brings what was given to the size of the drawing and into latents. */
export async function toSource(
  engine: ImageEngine,
  given: Given,
  size: Area,
  area: Area,
  clock: Clock,
): Promise<Source> {
  const picture = covering(given.picture, size.width, size.height)
  const encode = async (one: Picture) => engine.autoencoder.encode(await engine.encoder(), one, clock)
  const latents = await encode(picture)
  if (!given.mask) return { picture, latents, painted: undefined }
  const mask = covering(given.mask, size.width, size.height)
  const pixels = Float32Array.from({ length: size.width * size.height }, (_, i) => greyOf(mask, i))
  const cells = cellsOf(pixels, size, area)
  const further = engine.denoiser.inpaints ? joined(cells, await encode(without(picture, pixels))) : undefined
  return { picture, latents, painted: { pixels, latents: repeated(cells, latents.length), further } }
}

const greyOf = ({ data }: Picture, at: number): number =>
  ((data[3 * at] as number) + (data[3 * at + 1] as number) + (data[3 * at + 2] as number)) / (3 * 255)

function cellsOf(pixels: Float32Array, size: Area, area: Area): Float32Array {
  const factor = size.width / area.width
  const cells = new Float32Array(area.width * area.height)
  for (const [at, value] of pixels.entries()) {
    if (value === 0) continue
    const x = Math.floor((at % size.width) / factor)
    const y = Math.floor(at / size.width / factor)
    cells[y * area.width + x] = 1
  }
  return cells
}

/** The same cells for every channel. */
const repeated = (cells: Float32Array, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => cells[i % cells.length] as number)

/** Middle grey where something is painted. */
const without = ({ width, height, data }: Picture, pixels: Float32Array): Picture => ({
  width,
  height,
  data: data.map((value, i) => ((pixels[Math.floor(i / 3)] as number) < 0.5 ? value : 128)),
})

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const all = new Float32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

/** The new within the mask, the old around it. */
export function within(mask: Float32Array, fresh: Float32Array, old: Float32Array): Float32Array {
  return Float32Array.from(fresh, (value, i) => {
    const share = mask[i] as number
    return share * value + (1 - share) * (old[i] as number)
  })
}

/** The drawn picture, with every pixel that the mask keeps as it was. */
export function keeping({ picture, painted }: Source, drawn: Picture): Picture {
  if (!painted) return drawn
  const data = drawn.data.map((value, i) => {
    const share = painted.pixels[Math.floor(i / 3)] as number
    return Math.round(share * value + (1 - share) * (picture.data[i] as number))
  })
  return { ...drawn, data }
}
