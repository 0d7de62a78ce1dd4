import type { ImageCall, JsonObject } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Drawn } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'

export const huggingfaceDrawing: ImageFormat = {
  request: (call, { model }) => ({ path: `/hf-inference/models/${model}`, body: toBody(call), warnings: [] }),
  read: (reply) => ({ type: 'done', result: toDrawing(reply) }),
}

function toBody({ prompt, size, seed, negativePrompt, steps, guidance }: ImageCall): JsonObject {
  const parameters = defined({
    ...size,
    seed,
    negative_prompt: negativePrompt,
    num_inference_steps: steps,
    guidance_scale: guidance,
  })
  return { inputs: prompt, ...(Object.keys(parameters).length > 0 && { parameters }) }
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
