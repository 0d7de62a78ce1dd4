import type { TextCall, TextModel, TextSupport } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { type Fitted, fitTuning } from './fit-tuning.ts'

/** Fits a call to what a model supports. Throws `unsupported` before anything is sent. */
export function fit(call: TextCall, model: TextModel): Fitted {
  refuse(call, model)
  return fitTuning(call, model)
}

function refuse(call: TextCall, model: TextModel): void {
  const { supports, provider } = model
  for (const tool of call.tools ?? []) {
    if (tool.type === 'function' && !supports.tools) throw unsupported(model, `does not take tools.`)
    if (tool.type === 'provider' && tool.provider !== provider)
      throw unsupported(model, `does not have the ${tool.provider} tool "${tool.name}".`)
  }
  if (call.output) {
    const needed = call.output.type === 'json' ? 'json' : 'native'
    const modes = supports.output ?? []
    if (!modes.includes(needed) && !(needed === 'json' && modes.includes('native')))
      throw unsupported(model, 'does not enforce JSON output. Use generateObject, which finds another way.')
  }
  for (const message of call.messages) {
    if (message.role !== 'user' || typeof message.content === 'string') continue
    for (const piece of message.content) {
      if (piece.type === 'file' && !accepts(supports, piece.mediaType))
        throw unsupported(model, `does not read ${piece.mediaType} files.`)
    }
  }
}

const accepts = ({ files = [] }: TextSupport, mediaType: string): boolean =>
  files.some((pattern) => mediaTypeMatches(pattern, mediaType))

/** True for `image/*` and `image/png`, for any pattern of that kind. */
export const mediaTypeMatches = (pattern: string, mediaType: string): boolean =>
  pattern === '*/*' || (pattern.endsWith('/*') ? mediaType.startsWith(pattern.slice(0, -1)) : mediaType === pattern)

const unsupported = (model: TextModel, words: string): AnyModelError =>
  new AnyModelError('unsupported', `${model.provider}/${model.id} ${words}`, {
    provider: model.provider,
    model: model.id,
  })
