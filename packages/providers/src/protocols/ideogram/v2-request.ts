import type { ImageCall } from '@anymodel/core'
import { darkMask } from '../../media/dark-mask.ts'
import { defined } from '../../media/defined.ts'
import { textFields } from '../../media/form.ts'
import { leftOut } from '../../media/left-out.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import { sizeFor } from '../openai-images/size.ts'
import { v4Resolutions } from './resolutions.ts'

/** A call to a model of the second version of the API: it draws, or edits a picture and leaves its size. */
export function toV2Ask(call: ImageCall, target: Target): FirstAsk {
  const { prompt, count, seed, quality, images } = call
  const usual = { prompt, num_images: count, seed, quality }
  if (images) {
    const warnings = leftOut(call, target, { size: call.size, aspectRatio: call.aspectRatio })
    const form = [...textFields(defined(usual)), ...files(call)]
    return { path: `/v2/image/precise-edit/${target.model}`, form, warnings }
  }
  const { size, warning } = sizeFor(call, { sizes: ['1024x1024', ...v4Resolutions] })
  const fields = defined({ ...usual, size: size && `${size.width}x${size.height}` })
  return {
    path: `/v2/image/generate/${target.model}`,
    form: textFields(fields),
    warnings: warning ? [warning] : [],
  }
}

const files = ({ images = [], mask }: ImageCall): FormField[] => [
  ...images.map((value, at): FormField => ({ name: at === 0 ? 'image' : 'reference_images', value })),
  ...(mask ? [{ name: 'mask', value: darkMask(mask) }] : []),
]
