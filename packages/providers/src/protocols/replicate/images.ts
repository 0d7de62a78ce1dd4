import type { ImageCall, JsonObject } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import type { ImageFormat } from '../../protocol.ts'
import { predict, readPrediction } from './prediction.ts'

export const replicateDrawing = (wait: number): ImageFormat => ({
  hosts: ['api.replicate.com'],
  request: (call, { model }) => ({ ...predict(model, toInput(call), { wait }), warnings: [] }),
  read(reply, context) {
    const step = readPrediction(reply, context)
    if (step.type === 'ask') return step
    const { files, id, metrics } = step.result
    const images = files.map((url) => ({ media: { url } }))
    return { type: 'done', result: { images, id, ...(metrics && { details: { metrics } }) } }
  },
})

/** The names that most image models of Replicate have agreed on. */
function toInput(call: ImageCall): JsonObject {
  const { prompt, count, size, aspectRatio, seed, negativePrompt, steps, guidance, format, strength, images } = call
  const [image] = images ?? []
  return defined({
    prompt,
    ...(count > 1 && { num_outputs: count }),
    ...size,
    aspect_ratio: aspectRatio,
    seed,
    negative_prompt: negativePrompt,
    num_inference_steps: steps,
    guidance,
    output_format: format === 'jpeg' ? 'jpg' : format,
    ...(image && { image: dataUrl(image), prompt_strength: strength }),
  })
}
