import type { ImageFormat } from '../../protocol.ts'
import type { ImagesDialect, ImagesRule } from './dialect.ts'
import { toAsk } from './request.ts'
import { ImagesDecoder, toDrawing } from './response.ts'

export const imagesFormat = (dialect: ImagesDialect, ruleOf: (model: string) => ImagesRule): ImageFormat => ({
  errorCodes: { moderation_blocked: 'content-filter', content_policy_violation: 'content-filter' },
  request: (call, target) => toAsk(call, target, dialect, ruleOf(target.model)),
  read: (reply, context) => ({ type: 'done', result: toDrawing(reply, context) }),
  stream: (context) => new ImagesDecoder(context),
})
