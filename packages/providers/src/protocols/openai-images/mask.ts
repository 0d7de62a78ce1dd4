import type { MediaInput } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'

/** Our masks say white for what is painted anew; this API paints where a PNG can be seen through. */
export function transparentMask({ data, mediaType }: MediaInput): MediaInput {
  if (mediaType !== 'image/png') return { data, mediaType }
  const picture = decodePng(data, 0)
  const opacity = new Uint8Array(picture.width * picture.height)
  for (let i = 0; i < opacity.length; i++) {
    const [red = 0, green = 0, blue = 0] = picture.data.subarray(3 * i, 3 * i + 3)
    opacity[i] = 255 - Math.round((red + green + blue) / 3)
  }
  return { mediaType, data: encodePng(picture, opacity) }
}
