import type { MediaInput } from '../contract/image.ts'
import { AnyModelError } from '../errors.ts'
import { breaksOff } from './breaks-off.ts'
import { mediaTypeOf } from './media-type.ts'

/** What a kind of file may be. Films have sound, and sound is often called a film or bytes of no type. */
const kinds = {
  picture: /^image\//,
  sound: /^(?:audio|video)\/|^application\/(?:ogg|octet-stream)/,
} as const

const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

/** A picture or sound that goes to a model. Throws `invalid-argument` for what its type or its bytes show to be something else, and for a picture that breaks off. */
export function givenFile(kind: keyof typeof kinds, { mediaType, data }: MediaInput): MediaInput {
  const seen = mediaTypeOf(data)
  if (!kinds[kind].test(mediaType)) wrong(`A ${kind} must be given, and this is ${mediaType}.`)
  // Bare samples may look like anything short, like text most of all.
  const another = seen !== undefined && !kinds[kind].test(seen) && !(kind === 'sound' && seen === 'text/plain')
  if (another) wrong(`A ${kind} must be given: this is called ${mediaType}, but its bytes are ${seen}.`)
  // Of sound that breaks off, what is there can be heard.
  if (kind === 'picture' && breaksOff(data)) wrong('The picture breaks off: its end is missing. Give the whole file.')
  return { mediaType: kind === 'picture' ? (seen ?? mediaType) : mediaType, data }
}
