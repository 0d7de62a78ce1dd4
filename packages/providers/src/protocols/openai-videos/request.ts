import type { VideoCall, Warning } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import type { FirstAsk } from '../../media/steps.ts'
import { lengthFor } from '../../media/video-length.ts'
import type { Target } from '../../protocol.ts'
import { sizeFor } from '../openai-images/size.ts'

/** How a service of the family writes a call. */
type ToAsk = (call: VideoCall, target: Target) => FirstAsk

/** What Sora makes; other models of this API have no shapes or lengths in common. */
const sora = { sizes: ['1280x720', '720x1280', '1792x1024', '1024x1792'], lengths: [4, 8, 12] } as const

/** OpenAI: lengths are texts, and a picture makes it a form. */
export const toOpenAI: ToAsk = (call, { model }) => {
  const isSora = model.startsWith('sora-')
  const { size, warning } = sizeFor(call, isSora ? sora : {})
  const length = lengthFor(call.seconds, isSora ? sora.lengths : undefined)
  const warnings = [warning, length.warning].filter((one): one is Warning => one !== undefined)
  const fields = defined({
    model,
    prompt: call.prompt,
    seconds: length.seconds?.toString(),
    size: size && `${size.width}x${size.height}`,
  })
  if (!call.firstFrame) return { path: '/videos', body: fields, warnings }
  const texts = Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }))
  return { path: '/videos', form: [...texts, { name: 'input_reference', value: call.firstFrame }], warnings }
}

/** Together: pictures for frames and of things. */
export const toTogether: ToAsk = (call, { model }) => {
  const { firstFrame, lastFrame, references } = call
  const frames = [
    ...(firstFrame ? [{ input_image: dataUrl(firstFrame), frame: 'first' }] : []),
    ...(lastFrame ? [{ input_image: dataUrl(lastFrame), frame: 'last' }] : []),
  ]
  const media = {
    ...(frames.length > 0 && { frame_images: frames }),
    ...(references && { reference_images: references.map(dataUrl) }),
  }
  const body = defined({
    model,
    prompt: call.prompt,
    width: call.size?.width,
    height: call.size?.height,
    ratio: call.aspectRatio,
    resolution: call.resolution,
    seconds: call.seconds?.toString(),
    fps: call.fps,
    seed: call.seed,
    negative_prompt: call.negativePrompt,
    generate_audio: call.audio,
    ...(Object.keys(media).length > 0 && { media }),
  })
  return { path: '/videos', body, warnings: [] }
}

const resolutions: Readonly<Record<string, string>> = { '1440p': '2K', '2160p': '4K' }

/** OpenRouter: the same in other words. */
export const toOpenRouter: ToAsk = (call, { model }) => {
  const { firstFrame, lastFrame, references, size, resolution } = call
  const picture = (file: NonNullable<typeof firstFrame>) => ({ type: 'image_url', image_url: { url: dataUrl(file) } })
  const frames = [
    ...(firstFrame ? [{ ...picture(firstFrame), frame_type: 'first_frame' }] : []),
    ...(lastFrame ? [{ ...picture(lastFrame), frame_type: 'last_frame' }] : []),
  ]
  const body = defined({
    model,
    prompt: call.prompt,
    size: size && `${size.width}x${size.height}`,
    aspect_ratio: call.aspectRatio,
    resolution: resolution && (resolutions[resolution] ?? resolution),
    duration: call.seconds,
    seed: call.seed,
    generate_audio: call.audio,
    callback_url: call.webhook,
    ...(frames.length > 0 && { frame_images: frames }),
    ...(references && { input_references: references.map(picture) }),
  })
  return { path: '/videos', body, warnings: [] }
}
