import { AnyModelError } from '@anymodel/core'
import type { Document } from '../contract.ts'
import { broken, reading } from './broken.ts'
import { loaderOf, mediaTypeOf } from './formats.ts'
import type { LoadOptions, Source } from './loader.ts'

/**
 * Makes documents of the bytes of a file, mostly one. The format is told by the bytes, the declared media type and the name. Throws `invalid-argument` for files that are damaged, locked or too large,
 * `unsupported` for formats that nothing here loads.
 */
export async function load(source: Source, options: LoadOptions = {}): Promise<readonly Document[]> {
  const { id, bytes } = source
  const { maxBytes = 50_000_000, loaders = {}, signal } = options
  signal?.throwIfAborted()
  if (bytes.byteLength > maxBytes) throw tooLarge(id, bytes.byteLength, maxBytes)
  const given = source.mediaType && loaders[source.mediaType]
  const mediaType = given ? source.mediaType : await mediaTypeOf(source)
  const loader = mediaType && (loaders[mediaType] ?? (await loaderOf(mediaType)))
  if (!loader) {
    throw new AnyModelError(
      'unsupported',
      `${id} is of a format that is not loaded (${mediaType ?? 'unknown'}): leave it out, or give a loader for its mediaType.`,
    )
  }
  const documents = await reading(id, mediaType, () => loader({ ...source, mediaType }, options)).catch((error) => {
    signal?.throwIfAborted()
    throw error
  })
  signal?.throwIfAborted()
  return documents
}

/** The error for a file with more bytes than it may have. */
export const tooLarge = (id: string, bytes: number, maxBytes: number): AnyModelError =>
  broken(id, `has ${bytes} bytes, more than ${maxBytes}: raise maxBytes, or leave it out.`)
