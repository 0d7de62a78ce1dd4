import type { ImageCall } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, FormField } from '../../media/steps.ts'
import type { ImageFormat } from '../../protocol.ts'

export const ideogramDrawing: ImageFormat = {
  request: (call, { model }) => ({ path: `/v1/${model}/generate`, form: toForm(call), warnings: [] }),
  read: (reply) => ({ type: 'done', result: toDrawing(reply) }),
}

const speeds = { low: 'TURBO', medium: 'DEFAULT', high: 'QUALITY' } as const

function toForm({ prompt, count, size, aspectRatio, seed, negativePrompt, quality }: ImageCall): FormField[] {
  const fields = defined({
    prompt,
    num_images: count,
    resolution: size && `${size.width}x${size.height}`,
    aspect_ratio: size ? undefined : aspectRatio?.replace(':', 'x'),
    seed,
    negative_prompt: negativePrompt,
    rendering_speed: quality && speeds[quality],
  })
  return Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }))
}

interface Picture {
  readonly url?: string | null
  readonly prompt?: string
  readonly seed?: number
  readonly is_image_safe?: boolean
}

/** What it takes for unsafe comes with status 200 and without a link. */
function toDrawing(reply: AskReply): Drawing {
  const { data = [] } = objectOf(reply) as { data?: readonly Picture[] }
  const unsafe = data.some(({ is_image_safe: safe }) => safe === false)
  return {
    images: data.flatMap(({ url, prompt, seed, is_image_safe: safe }) =>
      url && safe !== false
        ? [{ media: { url }, ...(prompt && { revisedPrompt: prompt }), ...(seed !== undefined && { seed }) }]
        : [],
    ),
    ...(unsafe && { filtered: 'its filter took a picture for unsafe' }),
  }
}
