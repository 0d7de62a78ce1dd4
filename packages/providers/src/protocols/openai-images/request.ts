import type { ImageCall, JsonObject, Warning } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { textFields } from '../../media/form.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import { fieldNames, type ImagesDialect, type ImagesRule } from './dialect.ts'
import { transparentMask } from './mask.ts'
import { sizeFor } from './size.ts'

/** Pictures on the way that are asked for. */
const previews = 3

/** A call as a request of the images API. */
export function toAsk(call: ImageCall, { model }: Target, dialect: ImagesDialect, rule: ImagesRule): FirstAsk {
  const warnings: Warning[] = []
  const fields = { model, prompt: call.prompt, ...options(call, dialect, rule, warnings), ...rule.fields }
  const [first] = call.images ?? []
  const { path = '/images/generations' } = dialect
  if (!first) return { path, body: fields, warnings }
  if (dialect.inputs === 'image_url') return { path, body: { ...fields, ...links(call) }, warnings }
  if (dialect.inputs === 'input_references') {
    const references = (call.images ?? []).map((image) => ({ type: 'image_url', image_url: { url: dataUrl(image) } }))
    return { path, body: { ...fields, input_references: references }, warnings }
  }
  if (dialect.inputs === 'json-edits') {
    const images = (call.images ?? []).map((image) => ({ type: 'image_url', url: dataUrl(image) }))
    return { path: '/images/edits', body: { ...fields, images }, warnings }
  }
  return { path: '/images/edits', form: [...textFields(fields), ...files(call)], warnings }
}

function options(call: ImageCall, dialect: ImagesDialect, rule: ImagesRule, warnings: Warning[]): JsonObject {
  const { supports, qualities } = rule
  const has = (knob: 'aspectRatio' | 'size') => supports.knobs?.includes(knob) === true
  const name = (option: keyof typeof fieldNames): string => dialect.names?.[option] ?? fieldNames[option]
  const byRatio = call.aspectRatio !== undefined && has('aspectRatio') && dialect.names?.aspectRatio !== undefined
  const { size, warning } = sizeFor(byRatio ? { ...(call.size && { size: call.size }) } : call, rule)
  if (warning) warnings.push(warning)
  const fields: Record<string, JsonObject[string]> = {}
  if (supports.maxCount !== 1) fields.n = call.count
  if (size && dialect.size === 'width-height') Object.assign(fields, size)
  else if (size) fields.size = `${size.width}x${size.height}`
  if (byRatio) fields[name('aspectRatio')] = call.aspectRatio as string
  if (call.quality) fields.quality = qualities?.[call.quality] ?? call.quality
  if (call.background) fields.background = call.background
  for (const option of ['format', 'guidance', 'negativePrompt', 'seed', 'steps'] as const)
    if (call[option] !== undefined) fields[name(option)] = call[option]
  if (call.previews && supports.previews) {
    fields.stream = true
    if (dialect.previews !== 'any') fields.partial_images = previews
  }
  return fields
}

const links = ({ images = [] }: ImageCall): JsonObject =>
  images.length > 1 ? { reference_images: images.map(dataUrl) } : { image_url: images.map(dataUrl)[0] }

function files({ images = [], mask }: ImageCall): FormField[] {
  const name = images.length > 1 ? 'image[]' : 'image'
  return [
    ...images.map((value): FormField => ({ name, value })),
    ...(mask ? [{ name: 'mask', value: transparentMask(mask) }] : []),
  ]
}
