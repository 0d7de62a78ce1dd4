import type { Outpaint } from '../contract/image.ts'
import { AnyModelError } from '../errors.ts'
import type { ImageEditOptions, ImageUpscaleOptions, PictureOptions } from './image-options.ts'

/** An edit as what all picture verbs ask for. Throws `invalid-argument`. */
export function toEdit({ image, images, instruction = '', outpaint, ...rest }: ImageEditOptions): PictureOptions {
  if ((image === undefined) === (images === undefined))
    throw wrong('editImage takes the picture to change as `image`, or several as `images`.')
  if (images && !(Array.isArray(images) && images.length > 0))
    throw wrong('images must be a list of at least one picture.')
  if (typeof instruction !== 'string') throw wrong('instruction must be a text.')
  if (outpaint && rest.mask !== undefined)
    throw wrong('mask and outpaint each say what is painted anew: give one of them.')
  return {
    ...rest,
    prompt: instruction,
    images: images ?? [image as NonNullable<typeof image>],
    ...(outpaint && { outpaint: toOutpaint(outpaint) }),
  }
}

/** Most pixels that are added on one side. */
const mostAdded = 16_384

function toOutpaint({ left = 0, right = 0, top = 0, bottom = 0 }: Partial<Outpaint>): Outpaint {
  const sides = { left, right, top, bottom }
  for (const [side, pixels] of Object.entries(sides))
    if (!(Number.isSafeInteger(pixels) && pixels >= 0 && pixels <= mostAdded))
      throw wrong(`outpaint.${side} must be a whole number of pixels from 0 to ${mostAdded}, not ${pixels}.`)
  if (left + right + top + bottom === 0) throw wrong('outpaint must add pixels on at least one side.')
  return sides
}

/** Most that a picture can be asked to grow. */
const mostFactor = 16

/** An upscale as what all picture verbs ask for. Throws `invalid-argument`. */
export function toUpscale({ image, factor, prompt = '', ...rest }: ImageUpscaleOptions): PictureOptions {
  if (image === undefined) throw wrong('upscaleImage takes the picture as `image`.')
  if (factor !== undefined && rest.size !== undefined) throw wrong('factor and size say the same: give one of them.')
  if (factor !== undefined && !(factor > 1 && factor <= mostFactor))
    throw wrong(`factor must be a number above 1 and at most ${mostFactor}, not ${factor}.`)
  if (typeof prompt !== 'string') throw wrong('prompt must be a text.')
  return { ...rest, prompt, images: [image], upscale: factor === undefined ? {} : { factor } }
}

const wrong = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)
