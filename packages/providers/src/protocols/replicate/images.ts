import type { ImageCall, JsonObject } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { leftOut } from '../../media/left-out.ts'
import { type InputNames, marketplaceModel } from '../../media/marketplace.ts'
import { differingInputs } from '../../media/marketplace-inputs.ts'
import type { ImageFormat } from '../../protocol.ts'
import type { PredictionOptions } from './index.ts'
import { replicateModels, replicateNames } from './models.ts'
import { predict, readPrediction } from './prediction.ts'

export const replicateDrawing = (options: PredictionOptions): ImageFormat => ({
  hosts: ['api.replicate.com'],
  request(call, target) {
    const names = { ...replicateNames, ...marketplaceModel(target.model, replicateModels, options).inputs }
    const warnings = leftOut(call, target, { factor: names.factor ? undefined : call.upscale?.factor })
    return { ...predict(target.model, toInput(call, names), { wait: options.wait ?? 5 }), warnings }
  },
  read(reply, context) {
    const step = readPrediction(reply, context)
    if (step.type === 'ask') return step
    const { files, id, metrics } = step.result
    const images = files.map((url) => ({ media: { url } }))
    return { type: 'done', result: { images, id, ...(metrics && { details: { metrics } }) } }
  },
})

/** The names that most image models of Replicate have agreed on, and those that differ. */
function toInput(call: ImageCall, names: InputNames): JsonObject {
  const { prompt, count, size, aspectRatio, seed, negativePrompt, steps, guidance, format } = call
  return defined({
    prompt: prompt || undefined,
    ...(count > 1 && { num_outputs: count }),
    ...size,
    aspect_ratio: aspectRatio,
    seed,
    negative_prompt: negativePrompt,
    num_inference_steps: steps,
    guidance,
    output_format: format === 'jpeg' ? 'jpg' : format,
    ...differingInputs(call, names),
  })
}
