import type { ImageCall, JsonObject } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { leftOut } from '../../media/left-out.ts'
import { type InputNames, type MarketplaceOptions, marketplaceModel } from '../../media/marketplace.ts'
import { differingInputs } from '../../media/marketplace-inputs.ts'
import type { Drawing } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'
import { falModels, falNames } from './models.ts'
import { falHosts, filesIn, readQueue } from './queue.ts'

export const falDrawing = (options: MarketplaceOptions): ImageFormat => ({
  hosts: falHosts,
  request(call, target) {
    const names = { ...falNames, ...marketplaceModel(target.model, falModels, options).inputs }
    const warnings = leftOut(call, target, { factor: names.factor ? undefined : call.upscale?.factor })
    return { path: `/${target.model}`, body: toInput(call, names), warnings }
  },
  read(reply, context) {
    const step = readQueue(reply, context)
    return step.type === 'done' ? { type: 'done', result: toDrawing(step.result) } : step
  },
})

/** The names that most image models of fal have agreed on, and those that differ. */
function toInput(call: ImageCall, names: InputNames): JsonObject {
  const { prompt, count, size, aspectRatio, seed, negativePrompt, steps, guidance, format } = call
  return defined({
    prompt: prompt || undefined,
    ...(count > 1 && { num_images: count }),
    image_size: size && { ...size },
    aspect_ratio: aspectRatio,
    seed,
    negative_prompt: negativePrompt,
    num_inference_steps: steps,
    guidance_scale: guidance,
    output_format: format,
    ...differingInputs(call, names),
  })
}

/** What its checker finds unsafe comes as a black picture. */
function toDrawing(result: JsonObject): Drawing {
  const unsafe = Array.isArray(result.has_nsfw_concepts) ? result.has_nsfw_concepts : []
  const seed = typeof result.seed === 'number' ? { seed: result.seed } : {}
  const images = filesIn(result, 'images', 'image')
    .filter((_, at) => unsafe[at] !== true)
    .map(({ url, content_type: mediaType }) => ({ media: { url, mediaType }, ...seed }))
  return { images, ...(unsafe.includes(true) && { filtered: 'its safety checker found a picture unsafe' }) }
}
