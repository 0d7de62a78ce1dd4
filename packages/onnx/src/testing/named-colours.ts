/** Red, green and blue from 0 to 255. */
export type Colour = readonly [number, number, number]

/** The colours that shapes-diffusion was trained on, by the words for them. */
export const colours: Readonly<Record<string, Colour>> = {
  red: [220, 40, 40],
  orange: [245, 140, 30],
  yellow: [250, 215, 50],
  green: [50, 170, 70],
  blue: [45, 100, 220],
  purple: [140, 70, 190],
  pink: [245, 140, 180],
  brown: [130, 85, 50],
  black: [20, 20, 20],
  gray: [140, 140, 140],
  white: [255, 255, 255],
}

const distance = (a: Colour, b: Colour): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

/** The word for a colour. */
const nameOf = (colour: Colour): string =>
  Object.entries(colours).reduce((best, one) => (distance(one[1], colour) < distance(best[1], colour) ? one : best))[0]

interface Pixels {
  readonly width: number
  readonly height: number
  /** Bytes of red, green and blue. */
  readonly data: Uint8Array
}

/** The words for the colour at the edge of a picture and for that of what stands on it: the median of all pixels that are not like the edge. */
export function look({ width, height, data }: Pixels): { readonly ground: string; readonly shape: string | undefined } {
  const at = (x: number, y: number) => [0, 1, 2].map((i) => data[3 * (y * width + x) + i]) as unknown as Colour
  const all = Array.from({ length: width * height }, (_, i) => ({ x: i % width, y: Math.floor(i / width) }))
  const edge = all.filter(({ x, y }) => x === 0 || y === 0 || x === width - 1 || y === height - 1)
  const ground = median(edge.map(({ x, y }) => at(x, y)))
  const others = all.map(({ x, y }) => at(x, y)).filter((colour) => distance(colour, ground) > 60)
  return { ground: nameOf(ground), shape: others.length > 0 ? nameOf(median(others)) : undefined }
}

const median = (pixels: readonly Colour[]): Colour =>
  [0, 1, 2].map(
    (i) => pixels.map((pixel) => pixel[i] as number).sort((a, b) => a - b)[pixels.length >> 1],
  ) as unknown as Colour
