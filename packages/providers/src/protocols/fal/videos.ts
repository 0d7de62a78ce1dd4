import type { JsonObject, VideoCall } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import type { VideoFormat } from '../../protocol.ts'
import { falHosts, filesIn, readQueue } from './queue.ts'

export const falFilming: VideoFormat = {
  hosts: falHosts,
  request: (call, { model }) => ({
    path: `/${model}${call.webhook ? `?fal_webhook=${encodeURIComponent(call.webhook)}` : ''}`,
    body: toInput(call, model),
    warnings: [],
  }),
  read(reply, context) {
    const step = readQueue(reply, context)
    if (step.type === 'ask') return step
    const { seed } = step.result
    const videos = filesIn(step.result, 'video', 'videos').map(({ url, content_type: mediaType }) => ({
      url,
      mediaType,
    }))
    return { type: 'done', result: { videos, ...(typeof seed === 'number' && { details: { seed } }) } }
  },
}

/** The names that most video models of fal have agreed on, and the families that have not. */
function toInput(call: VideoCall, model: string): JsonObject {
  const { prompt, size, aspectRatio, resolution, seconds, fps, seed, negativePrompt, audio, references } = call
  return defined({
    prompt,
    video_size: size && { ...size },
    aspect_ratio: aspectRatio,
    resolution,
    duration: seconds && lengthIn(model, seconds),
    [/(?:^|\/)(?:wan(?!-alpha|-fun)|sana|ltx-video)/.test(model) ? 'frames_per_second' : 'fps']: fps,
    seed,
    negative_prompt: negativePrompt,
    generate_audio: audio,
    ...framesIn(call, model),
    ...(references && { image_urls: references.map(dataUrl) }),
  })
}

/** A number, a text, or a text with a unit. */
function lengthIn(model: string, seconds: number): string | number {
  if (/veo|luma|kandinsky5|marey/.test(model)) return `${seconds}s`
  return /pixverse\/v6|vidu\/q3|grok|davinci/.test(model) ? seconds : String(seconds)
}

function framesIn({ firstFrame, lastFrame }: VideoCall, model: string): JsonObject {
  const [first, last] = /first-last-frame/.test(model)
    ? ['first_frame_url', 'last_frame_url']
    : ['image_url', /kling-video\/v[12](?!\.6)/.test(model) ? 'tail_image_url' : 'end_image_url']
  return {
    ...(firstFrame && { [first as string]: dataUrl(firstFrame) }),
    ...(lastFrame && { [last as string]: dataUrl(lastFrame) }),
  }
}
