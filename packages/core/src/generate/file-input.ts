import type { FileContent } from '../contract/message.ts'
import type { TextSupport } from '../contract/text.ts'
import type { FileInput } from './options.ts'

/** A user's file as message content. */
export async function toFile(
  file: FileInput,
  _supports: TextSupport,
  _signal: AbortSignal | undefined,
): Promise<FileContent> {
  const { type, name, cache, mediaType = 'application/octet-stream' } = file
  const rest = { type, mediaType, ...(name === undefined ? {} : { name }), ...(cache ? { cache } : {}) } as const
  if (file.data instanceof Uint8Array) return { ...rest, data: Buffer.from(file.data).toString('base64') }
  return { ...rest, url: String(file.data) }
}
