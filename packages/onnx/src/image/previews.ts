import type { Autoencoder } from './autoencoder.ts'
import type { Area } from './denoiser.ts'
import { fromPlanes, type Picture, toPlanes } from './picture.ts'
import { covering } from './resize.ts'
import type { Clock } from './run.ts'

/** Up to this many pixels the decoder is quick enough to be run at every step. */
const decoded = 128 * 128

/**
 * Pictures on the way. Small ones come from the decoder. Of large ones only the first of a model does: from it, and from every finished picture, is learned which colour latents stand for, and from then
 * on a preview has one pixel per latent and costs nothing.
 */
export interface Previews {
  show(clean: Float32Array, area: Area, clock: Clock): Promise<Picture>
  /** Learns from latents and the picture that they became. */
  learn(latents: Float32Array, area: Area, picture: Picture): void
}

export function previews(autoencoder: Autoencoder): Previews {
  let colours: Colours | undefined
  const isSmall = ({ width, height }: Area): boolean => width * height * autoencoder.factor ** 2 <= decoded
  const learn = (latents: Float32Array, area: Area, picture: Picture): void => {
    if (isSmall(area)) return
    const small = covering(picture, area.width, area.height)
    colours = fitColours(latents, toPlanes(small), area.width * area.height) ?? colours
  }
  return {
    learn,
    async show(clean, area, clock) {
      if (colours && !isSmall(area)) return fromPlanes(coloured(clean, colours), area.width, area.height)
      const picture = await autoencoder.decode(clean, area, clock)
      learn(clean, area, picture)
      return picture
    },
  }
}

/** For red, green and blue each: a factor per channel of the latents, then a constant. */
type Colours = readonly (readonly number[])[]

/** The colours that fit best, by least squares; `undefined` when the latents are no numbers. */
function fitColours(latents: Float32Array, planes: Float32Array, size: number): Colours | undefined {
  const channels = latents.length / size
  const feature = (channel: number, at: number): number =>
    channel === channels ? 1 : (latents[channel * size + at] as number)
  const count = channels + 1
  const products = Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (_, column) => {
      // A little is added on the diagonal, so that latents that are all alike have an answer too.
      let sum = row === column ? 1e-3 * size : 0
      for (let at = 0; at < size; at++) sum += feature(row, at) * feature(column, at)
      return sum
    }),
  )
  const colours = [0, 1, 2].map((colour) => {
    const targets = Array.from({ length: count }, (_, row) => {
      let sum = 0
      for (let at = 0; at < size; at++) sum += feature(row, at) * (planes[colour * size + at] as number)
      return sum
    })
    return solve(products, targets)
  })
  return colours.flat().every(Number.isFinite) ? colours : undefined
}

/** The solution of linear equations whose matrix is symmetric and positive. */
function solve(matrix: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, targets[i] as number])
  for (const [i, pivot] of rows.entries())
    for (const [j, row] of rows.entries()) {
      if (i === j) continue
      const factor = (row[i] as number) / (pivot[i] as number)
      for (let k = i; k < row.length; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number)
    }
  return rows.map((row, i) => (row.at(-1) as number) / (row[i] as number))
}

function coloured(latents: Float32Array, colours: Colours): Float32Array {
  const channels = (colours[0]?.length ?? 1) - 1
  const size = latents.length / channels
  return Float32Array.from({ length: 3 * size }, (_, at) => {
    const factors = colours[Math.floor(at / size)] as readonly number[]
    let sum = factors[channels] as number
    for (let channel = 0; channel < channels; channel++)
      sum += (factors[channel] as number) * (latents[channel * size + (at % size)] as number)
    return sum
  })
}
