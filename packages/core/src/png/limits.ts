import { AnyModelError } from '../errors.ts'

/** Most pixels of a picture that is read: a header may ask for any number. */
const mostPixels = 40_000_000

/** A size that may be read. Throws `bad-request` for others. */
export function fits(width: number, height: number): { readonly width: number; readonly height: number } {
  if (width === 0 || height === 0) throw unreadable('it has no pixels')
  if (width * height > mostPixels)
    throw unreadable(`it is ${width} x ${height} pixels large, and at most ${mostPixels / 1e6} million are read`)
  return { width, height }
}

/** What is wrong with a picture that was given. */
export const unreadable = (why: string, cause?: unknown): AnyModelError =>
  new AnyModelError('bad-request', `A picture can't be read: ${why}.`, { cause })
