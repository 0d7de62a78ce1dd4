import { AnyModelError } from '../errors.ts'
import { breaksOff } from './breaks-off.ts'
import { type MediaFile, mediaFile } from './media-file.ts'
import { mediaTypeOf } from './media-type.ts'

interface Made {
  readonly mediaType: string
  readonly data: Uint8Array
}

/** What a kind of file may be. */
const kinds = { picture: /^image\//, video: /^(?:video\/|image\/gif$)/ } as const

/**
 * A file that a model made. Its bytes say what it is; a service may say anything.
 *
 * Throws `malformed` for bytes of another kind or none, and `truncated` for a file that breaks off.
 */
export function madeFile(
  kind: keyof typeof kinds,
  { mediaType, data }: Made,
  { provider, id }: { readonly provider: string; readonly id: string },
): MediaFile {
  const wrong = (code: 'malformed' | 'truncated', what: string): never => {
    throw new AnyModelError(code, `${provider}/${id} gave ${what}.`, { provider, model: id })
  }
  if (data.byteLength === 0) wrong('malformed', 'an empty file')
  const seen = mediaTypeOf(data)
  if (seen !== undefined && !kinds[kind].test(seen)) wrong('malformed', `a file that is no ${kind} but ${seen}`)
  if (breaksOff(data)) wrong('truncated', `a ${kind} that breaks off: ask again`)
  return mediaFile(seen ?? mediaType, data)
}
