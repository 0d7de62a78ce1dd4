import type { MediaInput } from '@anymodel/core'
import { unreadable } from '@anymodel/core/png'
import type { Picture } from './picture.ts'

/** Reads a PNG or JPEG file; what is transparent shows a grey of `ground`. Throws `bad-request` for damaged, huge and other files. */
export async function decode({ mediaType, data }: MediaInput, ground: number): Promise<Picture> {
  if (data[0] === 0x89 && data[1] === 0x50) return (await import('@anymodel/core/png')).decodePng(data, ground)
  if (data[0] === 0xff && data[1] === 0xd8) return decodeJpeg(data)
  throw unreadable(`files of the type ${mediaType} are not read here. Convert it to PNG or JPEG first`)
}

async function decodeJpeg(bytes: Uint8Array): Promise<Picture> {
  const { decode } = await import('jpeg-js')
  try {
    // It looks at the header before it takes memory.
    return decode(bytes, { useTArray: true, formatAsRGBA: false, maxResolutionInMP: 40, maxMemoryUsageInMB: 1_024 })
  } catch (error) {
    throw unreadable((error as Error).message, error)
  }
}
