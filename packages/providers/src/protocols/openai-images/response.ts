import { AnyModelError, type Json, type Usage } from '@anymodel/core'
import { costTold } from '../../media/cost-told.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Drawing, Drawn, Media, StepContext } from '../../media/steps.ts'
import type { ImageDecoder, PreviewFrame } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import type { ImagesEvent, ImagesResponse, ImagesUsage } from './wire.ts'

/** A whole answer. Some services tell of a failure under status 200. */
export function toDrawing(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Drawing {
  const { error, data = [], output_format, usage, id, model } = objectOf(reply) as ImagesResponse
  if (error) throw new Reported({ ...target, headers: reply.headers, body: reply.body })
  if (!Array.isArray(data)) throw new TypeError('data is no list')
  const type = output_format ? `image/${output_format}` : undefined
  return {
    images: data.flatMap((picture) => toDrawn(picture ?? {}, type)),
    ...counted(usage),
    ...(typeof id === 'string' && { id }),
    ...(typeof model === 'string' && { model }),
  }
}

function toDrawn(picture: NonNullable<ImagesResponse['data']>[number], type: string | undefined): Drawn[] {
  const media = toMedia(picture, picture.mime_type ?? picture.media_type ?? type)
  if (!media) return []
  const { seed, revised_prompt: revisedPrompt } = picture
  return [{ media, ...(revisedPrompt && { revisedPrompt }), ...(typeof seed === 'number' && { seed }) }]
}

function toMedia(
  { b64_json: base64, url }: NonNullable<ImagesResponse['data']>[number],
  mediaType: string | undefined,
): Media | undefined {
  if (typeof base64 === 'string' && base64 !== '') return { base64, mediaType }
  return typeof url === 'string' && url !== '' ? { url, mediaType } : undefined
}

/** Tokens, and what they cost where the service tells that. */
function counted(usage: ImagesUsage | null | undefined): Pick<Drawing, 'usage' | 'details'> {
  if (!usage) return {}
  const told = costTold(usage)
  return { usage: toUsage(usage), ...(told.cost !== undefined && { details: { ...told } }) }
}

function toUsage(usage: ImagesUsage): Usage {
  const { total_tokens: total, input_tokens: input = usage.prompt_tokens } = usage
  const { output_tokens: output = usage.completion_tokens } = usage
  const known = Object.entries({ input, output, total }).filter(([, value]) => typeof value === 'number')
  return { ...Object.fromEntries(known), raw: usage as Json }
}

/** A stream of one picture: previews, then the whole. */
export class ImagesDecoder implements ImageDecoder {
  readonly #target: StepContext<unknown>['target']
  #drawing: Drawing | undefined

  constructor({ target }: Pick<StepContext<unknown>, 'target'>) {
    this.#target = target
  }

  event(value: unknown, name: string | undefined): PreviewFrame | undefined {
    if (typeof value !== 'object' || value === null) return undefined
    const event = value as ImagesEvent
    const type = event.type ?? name ?? ''
    if (type === 'error' || event.error) throw new Reported({ ...this.#target, body: value })
    const { b64_json: base64, output_format: format = 'png', media_type: mediaType = `image/${format}` } = event
    if (typeof base64 !== 'string') return undefined
    if (type.endsWith('.partial_image')) return { index: 0, mediaType, data: Buffer.from(base64, 'base64') }
    if (type.endsWith('.completed'))
      this.#drawing = { images: [{ media: { base64, mediaType } }], ...counted(event.usage) }
    return undefined
  }

  end(): Drawing {
    if (this.#drawing) return this.#drawing
    const { provider, model } = this.#target
    throw new AnyModelError('truncated', `${provider}/${model}: the stream ended before the picture was whole.`)
  }
}
