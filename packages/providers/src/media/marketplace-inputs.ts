import type { ImageCall, Json } from '@anymodel/core'
import { darkMask } from './dark-mask.ts'
import { dataUrl } from './data-url.ts'
import type { InputNames } from './marketplace.ts'

/** The inputs of a call that differ from model to model, pictures as data URLs. */
export function differingInputs(
  { images = [], mask, strength, upscale, outpaint }: ImageCall,
  names: InputNames,
): Record<string, Json> {
  const inputs: Record<string, Json> = {}
  const put = (name: string | undefined, value: Json | undefined) => {
    if (name !== undefined && value !== undefined) inputs[name] = value
  }
  const [first] = images
  if (first) put(names.images ?? names.image, names.images ? images.map(dataUrl) : dataUrl(first))
  if (first) put(names.strength, strength)
  put(names.mask, mask && dataUrl(names.darkMask ? darkMask(mask) : mask))
  const { factor } = upscale ?? {}
  put(names.factor, factor && names.factorText ? names.factorText.replace('{}', String(factor)) : factor)
  if (outpaint && names.outpaint)
    for (const side of ['left', 'right', 'top', 'bottom'] as const) put(names.outpaint[side], outpaint[side])
  return inputs
}
