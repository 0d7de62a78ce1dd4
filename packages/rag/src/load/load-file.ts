import { open } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import type { Document } from '../contract.ts'
import { type FindOptions, findFiles } from './find-files.ts'
import { load, tooLarge } from './load.ts'
import type { LoadOptions, Source } from './loader.ts'

/** Loads a file of the disk. Its documents are named by the path relative to `cwd` (default: the working directory), with `/` on all systems. Throws like `load`, and `not-found` where no file is. */
export async function loadFile(
  path: string,
  { cwd, ...options }: LoadOptions & Pick<FindOptions, 'cwd'> = {},
): Promise<readonly Document[]> {
  return load(await readSource(path, { ...options, ...(cwd === undefined ? {} : { cwd }) }), options)
}

/** A file of `loadFiles`: its documents, or why there are none. */
export type LoadedFile =
  | { readonly path: string; readonly documents: readonly Document[]; readonly error?: undefined }
  | { readonly path: string; readonly documents?: undefined; readonly error: AnyModelError }

/** Loads files one after the other, as `findFiles` finds them. One that can't be loaded is given with its error, and the others go on. Aborting rejects with the signal's reason. */
export async function* loadFiles(
  patterns: string | readonly string[],
  options: LoadOptions & FindOptions = {},
): AsyncGenerator<LoadedFile, void, undefined> {
  for await (const { path, error } of findFiles(patterns, options)) {
    if (error) yield { path, error }
    else yield await loaded(path, options)
  }
}

async function loaded(path: string, options: LoadOptions & FindOptions): Promise<LoadedFile> {
  try {
    return { path, documents: await loadFile(path, options) }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isAnyModelError(error)) return { path, error }
    throw error
  }
}

/** The bytes of a file of the disk, with name and date, as `load` takes them. Throws `not-found` where no file is, `invalid-argument` where it can't be read or is too large. */
export async function readSource(
  path: string,
  {
    cwd = process.cwd(),
    maxBytes = 50_000_000,
    signal,
  }: Pick<LoadOptions, 'maxBytes' | 'signal'> & Pick<FindOptions, 'cwd'> = {},
): Promise<Source> {
  const place = resolve(cwd, path)
  const id = relative(cwd, place).split(sep).join('/') || path
  try {
    const file = await open(place)
    try {
      const { size, mtime } = await file.stat()
      if (size > maxBytes) throw tooLarge(id, size, maxBytes)
      return { id, bytes: await file.readFile({ ...(signal ? { signal } : {}) }), modified: mtime.toISOString() }
    } finally {
      await file.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw isAnyModelError(error) ? error : unreadable(id, error as NodeJS.ErrnoException)
  }
}

/** The error for a path that can't be read. */
function unreadable(id: string, cause: NodeJS.ErrnoException): AnyModelError {
  if (cause.code === 'ENOENT')
    return new AnyModelError('not-found', `There is no file ${id}: check the path.`, { cause })
  return new AnyModelError(
    'invalid-argument',
    `${id} can't be read (${cause.code}): check that it is a file and may be read.`,
    { cause },
  )
}
