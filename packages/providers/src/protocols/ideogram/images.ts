import type { ImageFormat } from '../../protocol.ts'
import { isOfV2 } from './models.ts'
import { toAsk } from './request.ts'
import { toDrawing } from './response.ts'
import { toV2Ask } from './v2-request.ts'

export const ideogramDrawing: ImageFormat = {
  request: (call, target) => (isOfV2(target.model) ? toV2Ask(call, target) : toAsk(call, target)),
  read: (reply) => ({ type: 'done', result: toDrawing(reply) }),
}
