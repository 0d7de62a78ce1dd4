import type { ImageCall, MediaInput, Outpaint } from '../contract/image.ts'
import { AnyModelError } from '../errors.ts'
import { decodePng, encodePng } from '../png/index.ts'

/** Most pixels of a picture with what is added to it. */
const mostPixels = 40_000_000

/** What there is to paint where a model only paints within masks: the picture on a larger ground, its edges drawn out, and a mask of all that is new. Throws `unsupported` for files other than PNG, `bad-request` for damaged ones. */
export function padPicture(
  { mediaType, data }: MediaInput,
  outpaint: Outpaint,
): Required<Pick<ImageCall, 'size' | 'mask'>> & { readonly image: MediaInput } {
  if (mediaType !== 'image/png')
    throw new AnyModelError(
      'unsupported',
      `This model paints beyond edges only with the help of a padded picture, which is made of PNG files alone, not of ${mediaType}. Give the picture as PNG, or a model that has the task outpaint.`,
    )
  const picture = decodePng(data, 255)
  const { left, right, top, bottom } = outpaint
  const size = { width: picture.width + left + right, height: picture.height + top + bottom }
  const { width, height } = size
  if (width * height > mostPixels)
    throw new AnyModelError('invalid-argument', `With outpaint the picture has ${width} x ${height} pixels: too many.`)
  const padded = new Uint8Array(3 * width * height)
  const mask = new Uint8Array(3 * width * height).fill(255)
  for (let y = 0; y < height; y++) {
    const from = Math.min(Math.max(y - top, 0), picture.height - 1)
    const line = picture.data.subarray(3 * from * picture.width, 3 * (from + 1) * picture.width)
    const start = 3 * y * width
    drawOut(line, padded.subarray(start, start + 3 * width), left)
    if (from === y - top) mask.fill(0, start + 3 * left, start + 3 * (left + picture.width))
  }
  const toFile = (pixels: Uint8Array) => ({ mediaType, data: encodePng({ ...size, data: pixels }) })
  return { image: toFile(padded), mask: toFile(mask), size }
}

/** Puts a line of pixels into a longer one; its first and last fill the rest. */
function drawOut(line: Uint8Array, target: Uint8Array, left: number): void {
  target.set(line, 3 * left)
  for (let at = 0; at < 3 * left; at++) target[at] = line[at % 3] as number
  for (let at = 3 * left + line.length; at < target.length; at++)
    target[at] = line[line.length - 3 + (at % 3)] as number
}
