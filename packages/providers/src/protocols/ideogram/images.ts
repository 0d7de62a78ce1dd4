import type { ImageFormat } from '../../protocol.ts'
import { toAsk } from './request.ts'
import { toDrawing } from './response.ts'

export const ideogramDrawing: ImageFormat = {
  request: toAsk,
  read: (reply) => ({ type: 'done', result: toDrawing(reply) }),
}
