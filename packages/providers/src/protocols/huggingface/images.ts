import type { ImageCall, JsonObject } from '@anymodel/core'
import { base64Of } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { leftOut } from '../../media/left-out.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Drawn } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'

export const huggingfaceDrawing: ImageFormat = {
  request: (call, target) => ({
    path: `/hf-inference/models/${target.model}`,
    body: toBody(call),
    warnings: leftOut(call, target, { seed: call.images && call.seed }),
  }),
  read: (reply) => ({ type: 'done', result: toDrawing(reply) }),
}

/** Of a picture to start from the words are a parameter. */
function toBody({ prompt, size, seed, negativePrompt, steps, guidance, images = [] }: ImageCall): JsonObject {
  const [image] = images
  const parameters = defined({
    ...(image ? { prompt: prompt || undefined, target_size: size && { ...size } } : size),
    seed: image ? undefined : seed,
    negative_prompt: negativePrompt,
    num_inference_steps: steps,
    guidance_scale: guidance,
  })
  const inputs = image ? base64Of(image.data) : prompt
  return { inputs, ...(Object.keys(parameters).length > 0 && { parameters }) }
}

/** The bytes of the picture, or, from some of the services behind it, links or base64. */
function toDrawing(reply: AskReply): Drawing {
  if (reply.bytes) return { images: [{ media: { bytes: reply.bytes, mediaType: reply.headers['content-type'] } }] }
  const { images = [] } = objectOf(reply) as { images?: readonly (string | { readonly url?: string })[] }
  return {
    images: images.flatMap((image): Drawn[] => {
      if (typeof image === 'string') return [{ media: { base64: image } }]
      return image?.url ? [{ media: { url: image.url } }] : []
    }),
  }
}
