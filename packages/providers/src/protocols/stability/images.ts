import type { ImageCall, JsonObject } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, FormField } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'
import { isSd3 } from './models.ts'

export const stabilityDrawing: ImageFormat = {
  errorCodes: { content_moderation: 'content-filter', payment_required: 'quota' },
  request: (call, { model }) => ({
    path: `/stable-image/generate/${isSd3(model) ? 'sd3' : model}`,
    headers: { accept: 'application/json' },
    form: toForm(call, model),
    warnings: [],
  }),
  read: (reply) => ({ type: 'done', result: toDrawing(reply) }),
}

function toForm(call: ImageCall, model: string): FormField[] {
  const { prompt, negativePrompt, seed, format, guidance, strength, images = [] } = call
  const [image] = images
  const fields: JsonObject = defined({
    prompt,
    // Of a picture that it starts from it takes the shape.
    aspect_ratio: image ? undefined : call.aspectRatio,
    negative_prompt: negativePrompt,
    seed,
    output_format: format,
    ...(isSd3(model) && { model, cfg_scale: guidance, mode: image ? 'image-to-image' : 'text-to-image' }),
    ...(image && { strength: strength ?? 0.5 }),
  })
  return [
    ...Object.entries(fields).map(([name, value]) => ({ name, value: String(value) })),
    ...(image ? [{ name: 'image', value: image }] : []),
  ]
}

interface Answer {
  readonly image?: string
  readonly seed?: number
  readonly finish_reason?: string
}

function toDrawing(reply: AskReply): Drawing {
  const { image, seed, finish_reason: reason } = objectOf(reply) as Answer
  if (reason === 'CONTENT_FILTERED') return { images: [], filtered: 'its filter took the picture for harmful' }
  return { images: image ? [{ media: { base64: image }, ...(seed !== undefined && { seed }) }] : [] }
}
