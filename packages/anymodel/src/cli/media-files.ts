import { parse } from 'node:path'
import { readBytes } from './prompt.ts'

/** A picture that was named on the command line: a path or a URL. */
export const readPicture = async (path: string): Promise<URL | Uint8Array> =>
  /^https?:\/\//i.test(path) ? new URL(path) : readBytes(path)

/** `star-2.png` for the second of several. */
export function numbered(path: string, at: number): string {
  const { ext } = parse(path)
  return `${path.slice(0, path.length - ext.length)}-${at}${ext}`
}
