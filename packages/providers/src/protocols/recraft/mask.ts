import type { MediaInput } from '@anymodel/core'
import { decodePng, encodeGreyPng } from '@anymodel/core/png'

/** Recraft takes masks of greys that are black or white. Files other than PNG go as they are. */
export function strictMask({ data, mediaType }: MediaInput): MediaInput {
  if (mediaType !== 'image/png') return { data, mediaType }
  const { width, height, data: colours } = decodePng(data, 0)
  const greys = new Uint8Array(width * height)
  for (let at = 0; at < greys.length; at++) {
    const sum = (colours[3 * at] as number) + (colours[3 * at + 1] as number) + (colours[3 * at + 2] as number)
    greys[at] = sum > 382 ? 255 : 0
  }
  return { mediaType, data: encodeGreyPng({ width, height, data: greys }) }
}
