import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { wrap } from './retry.ts'

/** What a call brings besides text: by the first half of its files' media types, `file` for all others. `text`: nothing. */
export type Modality = 'text' | 'image' | 'audio' | 'video' | 'file'

/** What a call must be like. All that is set must hold. */
export interface Conditions {
  /** Tokens that go in, estimated as a quarter of the characters (files count as nothing) unless `countTokens` is given. */
  readonly maxInputTokens?: number
  readonly minInputTokens?: number
  /** The call brings nothing but these: `['image']` is for calls with pictures, `['text']` for those without files, `['text', 'image']` for both. */
  readonly modality?: readonly Modality[]
  /** Tags that the call must have, each with this value or one of these. */
  readonly tags?: Readonly<Record<string, string | readonly string[]>>
  readonly countTokens?: (call: TextCall) => number
}

/**
 * Gives a model the calls that fit, and no others: `withFallback` and `withBalance` pass it over for the rest. Asked for one of those directly, it throws `unsupported` and nothing is sent.
 */
export function withConditions(model: TextModel, conditions: Conditions): TextModel {
  const { provider, id } = model
  const inner = candidateOf(model)
  const unfit = (call: TextCall) => {
    const why = mismatch(call, conditions)
    return why === undefined ? inner.unfit?.(call) : `${provider}/${id} ${why}`
  }
  const choosy: TextModel = {
    ...wrap(model),
    stream(call) {
      const why = unfit(call)
      if (why === undefined) return model.stream(call)
      throw new AnyModelError('unsupported', `${why}. Nothing was sent.`, { provider, model: id })
    },
  }
  return asCandidate(choosy, { ...inner, unfit })
}

/** Why a call does not fit; `undefined` when it does. */
function mismatch(call: TextCall, conditions: Conditions): string | undefined {
  const { maxInputTokens: most, minInputTokens: least, modality, tags = {}, countTokens = estimateTokens } = conditions
  if (most !== undefined || least !== undefined) {
    const tokens = countTokens(call)
    if (most !== undefined && tokens > most) return `is for up to ${most} tokens, and these are about ${tokens}`
    if (least !== undefined && tokens < least) return `is for ${least} tokens or more, and these are about ${tokens}`
  }
  const other = modality && modalities(call).find((one) => !modality.includes(one))
  if (other) return `is for ${modality.join(', ')}, and this is ${other}`
  for (const [tag, wanted] of Object.entries(tags))
    if (![wanted].flat().includes(call.tags?.[tag] as string))
      return `is for calls with the tag ${tag}: ${[wanted].flat().join(' or ')}`
  return undefined
}

const named: readonly string[] = ['image', 'audio', 'video'] satisfies Modality[]

function modalities({ messages }: TextCall): Modality[] {
  const found = new Set<Modality>()
  for (const { content } of messages) {
    for (const piece of typeof content === 'string' ? [] : content) {
      if (piece.type !== 'file') continue
      const [type = ''] = piece.mediaType.split('/')
      found.add(named.includes(type) ? (type as Modality) : 'file')
    }
  }
  return found.size > 0 ? [...found] : ['text']
}
