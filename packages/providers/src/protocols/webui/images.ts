import type { ImageCall, ImageEvent, JsonObject } from '@anymodel/core'
import { base64Of } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'

export const webuiDrawing: ImageFormat = {
  request: (call, { model }) =>
    call.upscale
      ? { path: '/sdapi/v1/extra-single-image', body: toUpscale(call), warnings: [] }
      : {
          path: call.images?.length ? '/sdapi/v1/img2img' : '/sdapi/v1/txt2img',
          body: toBody(call, model),
          warnings: [],
        },
  read: (reply, { call }) => ({
    type: 'done',
    result: call.upscale ? toUpscaled(reply) : toDrawing(reply, call.count),
  }),
  glances: {
    ask: ({ previews }) => ({ path: `/sdapi/v1/progress?skip_current_image=${previews !== true}` }),
    read: toProgress,
  },
}

/** `default` is whatever checkpoint is loaded. */
function toBody(call: ImageCall, model: string): JsonObject {
  const { prompt, count, size, seed, negativePrompt, steps, guidance, strength, images = [], mask } = call
  const [image] = images
  return defined({
    prompt,
    negative_prompt: negativePrompt,
    ...size,
    seed,
    steps,
    cfg_scale: guidance,
    batch_size: count,
    send_images: true,
    save_images: false,
    ...(model !== 'default' && {
      override_settings: { sd_model_checkpoint: model },
      override_settings_restore_afterwards: false,
    }),
    ...(image && { init_images: [base64Of(image.data)], denoising_strength: strength ?? 0.75 }),
    ...(mask && { mask: base64Of(mask.data) }),
  })
}

/** No checkpoint takes part; `extra: { upscaler_1 }` names another upscaler. */
function toUpscale({ images = [], size, upscale }: ImageCall): JsonObject {
  const [image] = images
  return defined({
    image: image && base64Of(image.data),
    upscaler_1: 'R-ESRGAN 4x+',
    ...(size
      ? { resize_mode: 1, upscaling_resize_w: size.width, upscaling_resize_h: size.height, upscaling_crop: true }
      : { resize_mode: 0, upscaling_resize: upscale?.factor ?? 2 }),
  })
}

function toUpscaled(reply: AskReply): Drawing {
  const { image } = objectOf(reply) as { image?: unknown }
  return { images: typeof image === 'string' && image !== '' ? [{ media: { base64: withoutPrefix(image) } }] : [] }
}

interface Progress {
  readonly progress?: number
  readonly state?: { readonly sampling_step?: number; readonly sampling_steps?: number } | null
  readonly current_image?: string | null
}

/** How far the server is with what it draws. It says 0 before and after that. */
function toProgress(reply: AskReply): ImageEvent[] {
  const { progress = 0, state, current_image: image } = objectOf(reply) as Progress
  if (!(progress > 0)) return []
  const { sampling_step: step, sampling_steps: steps } = state ?? {}
  const known = { ...(typeof step === 'number' && { step }), ...(typeof steps === 'number' && { steps }) }
  const data = Buffer.from(typeof image === 'string' ? image : '', 'base64')
  return [
    { type: 'progress', fraction: Math.min(1, progress), ...known },
    ...(data.length > 0 ? [{ type: 'preview', index: 0, mediaType: typeOf(data), data } as const] : []),
  ]
}

/** The settings of the server say which of three. */
const typeOf = (data: Buffer): string =>
  data[0] === 0xff ? 'image/jpeg' : data.subarray(0, 4).toString('latin1') === 'RIFF' ? 'image/webp' : 'image/png'

/** `info` is JSON in a text. A grid of all pictures, where the server makes one, stands before them. */
function toDrawing(reply: AskReply, count: number): Drawing {
  const { images = [], info } = objectOf(reply) as { images?: readonly string[]; info?: string }
  const { all_seeds: seeds = [] } = parsed(info)
  const grids = seeds.length > 0 ? Math.max(0, images.length - seeds.length) : Math.max(0, images.length - count)
  return {
    images: images.slice(grids).map((image, at) => {
      const seed = seeds[at]
      return { media: { base64: withoutPrefix(image) }, ...(typeof seed === 'number' && { seed }) }
    }),
  }
}

const withoutPrefix = (image: string): string => image.replace(/^data:[^,]*,/, '')

function parsed(info: string | undefined): { readonly all_seeds?: readonly number[] } {
  try {
    return JSON.parse(info ?? '{}') ?? {}
  } catch {
    return {}
  }
}
