import { AnyModelError, type MediaInput } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'

/** Our masks say white for what is painted anew; Ideogram paints where a mask is black. */
export function darkMask({ data, mediaType }: MediaInput): MediaInput {
  if (mediaType !== 'image/png')
    throw new AnyModelError(
      'unsupported',
      `Ideogram wants black where a mask is white: give it as PNG, not ${mediaType}.`,
    )
  const picture = decodePng(data, 0)
  return { mediaType, data: encodePng({ ...picture, data: picture.data.map((value) => 255 - value) }) }
}
