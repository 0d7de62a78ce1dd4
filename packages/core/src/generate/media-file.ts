import { AnyModelError } from '../errors.ts'
import type { GeneratedFile } from './result.ts'

/** A picture, a recording or a video that a model made. */
export interface MediaFile extends GeneratedFile {
  /** Writes the bytes to a file. Rejects with `invalid-argument` when the place can't be written to. */
  save(path: string): Promise<void>
  /** The whole file as text: `data:image/png;base64,...`. */
  toDataURL(): string
}

/** Bytes with what is done with them. */
export const mediaFile = (mediaType: string, data: Uint8Array): MediaFile => ({
  mediaType,
  data,
  async save(path) {
    const { writeFile } = await import('node:fs/promises')
    try {
      await writeFile(path, data)
    } catch (cause) {
      throw new AnyModelError('invalid-argument', `${path} can't be written: ${(cause as Error).message}`, { cause })
    }
  },
  toDataURL: () =>
    `data:${mediaType};base64,${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
})
