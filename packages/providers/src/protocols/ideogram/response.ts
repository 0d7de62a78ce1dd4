import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing } from '../../media/steps.ts'

interface Picture {
  readonly url?: string | null
  readonly prompt?: string
  readonly seed?: number
  readonly is_image_safe?: boolean
}

/** What it takes for unsafe comes with status 200 and without a link. */
export function toDrawing(reply: AskReply): Drawing {
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
