import type { MediaInput } from '@anymodel/core'

/** A file as a `data:` URL. */
export const dataUrl = ({ mediaType, data }: MediaInput): string => `data:${mediaType};base64,${base64Of(data)}`

/** Bytes as base64, without a copy. */
export const base64Of = (data: Uint8Array): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
