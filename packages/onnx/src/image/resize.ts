import type { Picture } from './picture.ts'

/** The picture in another size: scaled until it covers that, its middle cut out. Every new pixel is a mean of those that it covers, weighted by nearness (a triangle filter). */
export function covering(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture
  const scale = Math.max(width / picture.width, height / picture.height)
  const across = weightsFor(picture.width, width, scale)
  const down = weightsFor(picture.height, height, scale)
  const narrow = new Float32Array(picture.height * width * 3)
  for (let y = 0; y < picture.height; y++)
    for (const [x, { from, weights }] of across.entries())
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (const [i, weight] of weights.entries())
          sum += weight * (picture.data[3 * (y * picture.width + from + i) + channel] as number)
        narrow[3 * (y * width + x) + channel] = sum
      }
  const data = new Uint8Array(height * width * 3)
  for (const [y, { from, weights }] of down.entries())
    for (let i = 0; i < 3 * width; i++) {
      let sum = 0
      for (const [row, weight] of weights.entries()) sum += weight * (narrow[3 * width * (from + row) + i] as number)
      data[3 * width * y + i] = Math.round(sum)
    }
  return { width, height, data }
}

/** Which old pixels a new one is made of. */
interface Weights {
  readonly from: number
  readonly weights: readonly number[]
}

function weightsFor(old: number, size: number, scale: number): Weights[] {
  const reach = Math.max(1, 1 / scale)
  const start = (old - size / scale) / 2
  return Array.from({ length: size }, (_, at) => {
    const centre = start + (at + 0.5) / scale - 0.5
    const from = Math.max(0, Math.ceil(centre - reach))
    const to = Math.min(old - 1, Math.floor(centre + reach))
    const raw = Array.from({ length: Math.max(1, to - from + 1) }, (_, i) => 1 - Math.abs(from + i - centre) / reach)
    const sum = raw.reduce((total, weight) => total + weight, 0)
    return { from: Math.min(from, old - 1), weights: sum > 0 ? raw.map((weight) => weight / sum) : [1] }
  })
}
