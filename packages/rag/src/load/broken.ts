import { AnyModelError, isAnyModelError } from '@anymodel/core'

/** The error for a file that can't be loaded: its name, why, and what to do. */
export const broken = (id: string, why: string, cause?: unknown): AnyModelError =>
  new AnyModelError('invalid-argument', `${id} ${why}`, cause === undefined ? {} : { cause })

/** Runs what a library does with a file. Its errors become ours. */
export async function reading<T>(id: string, format: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isAnyModelError(error) || (error as Error | undefined)?.name === 'AbortError') throw error
    const why = error instanceof Error ? error.message.slice(0, 200) : 'it is damaged'
    throw broken(
      id,
      `can't be read as ${format}: ${why}. Open it in its own program and save it again, or leave it out.`,
      error,
    )
  }
}

/** Throws where more text comes out of a file than it may. */
export function checkLength(id: string, length: number, most = 20_000_000): void {
  if (length > most) {
    throw broken(id, `holds more than ${most} characters of text: raise maxText, or cut the file into smaller ones.`)
  }
}
