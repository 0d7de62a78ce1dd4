import type { JsonObject, VideoCall } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import type { VideoFormat } from '../../protocol.ts'
import { predict, readPrediction } from './prediction.ts'

export const replicateFilming: VideoFormat = {
  hosts: ['api.replicate.com'],
  request: (call, { model }) => ({ ...predict(model, toInput(call, model), { webhook: call.webhook }), warnings: [] }),
  read(reply, context) {
    const step = readPrediction(reply, context)
    if (step.type === 'ask') return step
    const { files, id, metrics } = step.result
    if (reply.asked.method !== 'GET')
      return { type: 'ask', ask: { path: `/predictions/${id}`, method: 'GET' }, wait: true }
    const videos = files.map((url) => ({ url }))
    return { type: 'done', result: { videos, id, ...(metrics && { details: { metrics } }) } }
  },
}

/** The names that most video models of Replicate have agreed on. */
function toInput(call: VideoCall, model: string): JsonObject {
  const { prompt, size, aspectRatio, resolution, seconds, fps, seed, negativePrompt, audio } = call
  const { firstFrame, lastFrame, references } = call
  return defined({
    prompt,
    ...size,
    aspect_ratio: aspectRatio,
    resolution,
    duration: seconds,
    [/wan-|stable-video/.test(model) ? 'frames_per_second' : 'fps']: fps,
    seed,
    negative_prompt: negativePrompt,
    generate_audio: audio,
    ...(firstFrame && { image: dataUrl(firstFrame) }),
    ...(lastFrame && { last_frame: dataUrl(lastFrame) }),
    ...(references && { reference_images: references.map(dataUrl) }),
  })
}
