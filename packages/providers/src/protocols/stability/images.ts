import type { ImageCall, JsonObject } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { textFields } from '../../media/form.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'
import { isSd3 } from './models.ts'
import { readAnswer } from './response.ts'
import { toolAsk } from './tool-request.ts'
import { toolOf } from './tools.ts'

export const stabilityDrawing: ImageFormat = {
  errorCodes: { content_moderation: 'content-filter', payment_required: 'quota' },
  request(call, target) {
    const tool = toolOf(target.model)
    return tool ? toolAsk(call, tool, target) : drawAsk(call, target.model)
  },
  read: readAnswer,
}

const drawAsk = (call: ImageCall, model: string): FirstAsk => ({
  path: `/stable-image/generate/${isSd3(model) ? 'sd3' : model}`,
  headers: { accept: 'application/json' },
  form: toForm(call, model),
  warnings: [],
})

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
  return [...textFields(fields), ...(image ? [{ name: 'image', value: image }] : [])]
}
