import { AnyModelError, type MediaInput } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'

/** A mask for models that paint where it is black: ours say white for what is painted anew. Throws `unsupported` for files other than PNG. */
export function darkMask({ data, mediaType }: MediaInput): MediaInput {
  if (mediaType !== 'image/png') {
    const message = `This model paints where a mask is black, so the mask must be turned: give it as PNG, not ${mediaType}.`
    throw new AnyModelError('unsupported', message)
  }
  const picture = decodePng(data, 0)
  return { mediaType, data: encodePng({ ...picture, data: picture.data.map((value) => 255 - value) }) }
}
