import type { ByteQueue } from '@anymodel/core/http'

/** Most bytes of a body that is read whole. */
export const bodyLimit = 256 * 1024 * 1024

/** A body as text. */
export const readText = async (body: ByteQueue): Promise<string> =>
  new TextDecoder().decode(await body.bytes(bodyLimit))

/** JSON when it is JSON, else the text as it stands. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
