import type { ImageCall, ImageModel, MediaInput } from '../contract/image.ts'
import type { Warning } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'
import { imageSizeOf } from './image-size.ts'

type Call = Omit<ImageCall, 'count'>

interface Fitted {
  readonly call: Call
  readonly warnings: readonly Warning[]
}

/** A call to upscale: where a size is asked for, with the factor that reaches it. For models that only have a factor the size is left out. */
export function grown(call: Call, first: MediaInput, { provider, id, supports }: ImageModel): Fitted {
  const { size } = call
  const old = imageSizeOf(first.data)
  if (!size || !old) return { call, warnings: [] }
  const factor = Math.max(size.width / old.width, size.height / old.height)
  const from = `${old.width}x${old.height}`
  const to = `${size.width}x${size.height}`
  if (factor <= 1)
    throw new AnyModelError('invalid-argument', `size must be larger than the picture, which is ${from}, not ${to}.`)
  if (supports.knobs?.includes('size')) return { call: { ...call, upscale: { factor } }, warnings: [] }
  const { size: _size, ...rest } = call
  const reached = { call: { ...rest, upscale: { factor } }, warnings: [] }
  if (old.width * factor === size.width && old.height * factor === size.height) return reached
  const message = `${provider}/${id} upscales by a factor: a picture of ${from} grows ${factor} times for ${to}.`
  if (call.onUnsupported === 'error')
    throw new AnyModelError('unsupported', `${message} Give factor instead.`, { provider, model: id })
  return { ...reached, warnings: [{ option: 'size', message }] }
}

/** A call to paint beyond edges for a model that only paints within masks. */
export async function outpainted(
  call: Call,
  first: MediaInput,
  { provider, id, supports }: ImageModel,
): Promise<Fitted> {
  const { padPicture } = await import('./pad-picture.ts')
  const { outpaint, ...rest } = call
  const { image, mask, size } = padPicture(first, outpaint as NonNullable<typeof outpaint>)
  // Models that choose among pixels take multiples of 64, all of them.
  const isUsual = size.width % 64 === 0 && size.height % 64 === 0
  const isFree = call.size === undefined && call.aspectRatio === undefined
  const asks = isFree && isUsual && supports.knobs?.includes('size')
  const chosen = isFree && !asks ? ` It chooses the pixels, which would be ${size.width}x${size.height}.` : ''
  const message = `${provider}/${id} does not paint beyond edges: the picture was put on a larger ground of which the new part is masked.${chosen}`
  return {
    call: { ...rest, images: [image, ...(call.images ?? []).slice(1)], mask, ...(asks && { size }) },
    warnings: call.onUnsupported === 'emulate' ? [] : [{ option: 'outpaint', message }],
  }
}
