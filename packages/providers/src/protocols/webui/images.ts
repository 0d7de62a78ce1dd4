import type { ImageCall, ImageEvent, JsonObject } from '@anymodel/core'
import { base64Of } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'

export const webuiDrawing: ImageFormat = {
  request: (call, { model }) => ({
    path: call.images?.length ? '/sdapi/v1/img2img' : '/sdapi/v1/txt2img',
    body: toBody(call, model),
    warnings: [],
  }),
  read: (reply, { call }) => ({ type: 'done', result: toDrawing(reply, call.count) }),
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
      return { media: { base64: image.replace(/^data:[^,]*,/, '') }, ...(typeof seed === 'number' && { seed }) }
    }),
  }
}

function parsed(info: string | undefined): { readonly all_seeds?: readonly number[] } {
  try {
    return JSON.parse(info ?? '{}') ?? {}
  } catch {
    return {}
  }
}
