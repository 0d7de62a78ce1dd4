import { objectOf } from '../../media/run-steps.ts'
import type { ImageFormat } from '../../protocol.ts'
import { imagesFormat } from '../openai-images/format.ts'
import { modelSupport, toolSupport } from './models.ts'
import { toToolAsk } from './request.ts'

const byWords = imagesFormat({ models: [] }, (model) => ({
  match: /./,
  supports: modelSupport(model),
  fields: { response_format: 'b64_json' },
}))

export const recraftDrawing: ImageFormat = {
  request(call, target) {
    const isTool = toolSupport(target.model) !== undefined
    return isTool || call.images ? toToolAsk(call, target) : byWords.request(call, target)
  },
  /** A list of pictures, or the one of a tool. */
  read(reply, context) {
    const body = objectOf(reply)
    const listed = body.image === undefined ? reply : { ...reply, body: { ...body, data: [body.image] } }
    const step = byWords.read(listed, context)
    const { credits } = body
    if (step.type !== 'done' || typeof credits !== 'number') return step
    return { type: 'done', result: { ...step.result, details: { credits } } }
  },
}
