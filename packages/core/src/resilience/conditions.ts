import type { Message } from '../contract/message.ts'
import type { TextCall } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { isMeasured, type Measure, measured } from './call-measures.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { type AnyCall, type AnyModel, isValueKind, type Kind, kindOf, type OfKind, rewired } from './kinds.ts'

/** What a call brings besides text: by the first half of its files' media types, `file` for all others. `text`: nothing. */
export type Modality = 'text' | 'image' | 'audio' | 'video' | 'file'

/** What a call must be like. All that is set must hold; what a call leaves to the model (no size, no length) is within every maximum, and reaches no minimum. */
export interface Conditions {
  /** Tokens that go in, estimated as a quarter of the characters (files count as nothing) unless `countTokens` is given. Not for transcripts and videos. */
  readonly maxInputTokens?: number
  readonly minInputTokens?: number
  /** Texts to embed, or documents to rank. */
  readonly maxTexts?: number
  readonly minTexts?: number
  /** Characters (UTF-16 code units) of what is to be embedded, ranked, drawn, filmed, spoken or completed. */
  readonly maxCharacters?: number
  readonly minCharacters?: number
  /** Pictures or videos of one request. */
  readonly maxCount?: number
  readonly minCount?: number
  /** Length of the video, or of the sound to be written down; of compressed sound guessed by its bytes, 16,000 for a second. */
  readonly maxSeconds?: number
  readonly minSeconds?: number
  /** Width times height of the picture or video. */
  readonly maxPixels?: number
  readonly minPixels?: number
  /** The call brings nothing but these: `['image']` is for calls with pictures, `['text']` for those without files, `['text', 'image']` for both. */
  readonly modality?: readonly Modality[]
  /** Tags that the call must have, each with this value or one of these. */
  readonly tags?: Readonly<Record<string, string | readonly string[]>>
  /** Of text calls. */
  readonly countTokens?: (call: TextCall) => number
}

/**
 * Gives a model of any kind the calls that fit, and no others: `withFallback` and `withBalance` pass it over for the rest. Asked for one of those directly, it throws `unsupported` and nothing is sent.
 * Conditions on what calls of its kind do not have (`maxSeconds` of a chat) are an `invalid-argument`.
 */
export function withConditions<M extends AnyModel>(model: M, conditions: Conditions): OfKind<M> {
  const kind = kindOf(model)
  check(kind, conditions)
  const inner = candidateOf(model)
  const name = `${model.provider}/${model.id}`
  const unfit = (call: AnyCall) => {
    const why = mismatch(kind, call, conditions)
    return why === undefined ? inner.unfit?.(call) : `${name} ${why}`
  }
  const refuse = (call: AnyCall) => {
    const why = unfit(call)
    const info = { provider: model.provider, model: model.id }
    if (why !== undefined) throw new AnyModelError('unsupported', `${why}. Nothing was sent.`, info)
  }
  const choosy = rewired(model, {
    parts(ask, call) {
      refuse(call)
      return ask(call)
    },
    async value(ask, call) {
      refuse(call)
      return ask(call)
    },
  })
  return asCandidate(choosy, { ...inner, unfit })
}

const ranges = {
  tokens: ['maxInputTokens', 'minInputTokens', 'tokens'],
  texts: ['maxTexts', 'minTexts', 'texts'],
  characters: ['maxCharacters', 'minCharacters', 'characters'],
  count: ['maxCount', 'minCount', 'at once'],
  seconds: ['maxSeconds', 'minSeconds', 'seconds'],
  pixels: ['maxPixels', 'minPixels', 'pixels'],
} as const satisfies Record<Measure, readonly [keyof Conditions, keyof Conditions, string]>

const all = /* @__PURE__ */ Object.keys(ranges) as Measure[]

function check(kind: Kind, conditions: Conditions): void {
  for (const measure of all) {
    const set = [ranges[measure][0], ranges[measure][1]].find((name) => conditions[name] !== undefined)
    if (set && !isMeasured(kind, measure))
      throw new AnyModelError('invalid-argument', `${set} says nothing about calls to ${kind} models. Leave it out.`)
  }
}

/** Why a call to models of a kind does not fit; `undefined` when it does. */
export function mismatch(kind: Kind, call: AnyCall, conditions: Conditions): string | undefined {
  const { modality, tags = {} } = conditions
  for (const measure of all) {
    const why = outside(kind, call, measure, conditions)
    if (why) return why
  }
  const other = modality && modalities(kind, call).find((one) => !modality.includes(one))
  if (other) return `is for ${modality.join(', ')}, and this is ${other}`
  for (const [tag, wanted] of Object.entries(tags))
    if (![wanted].flat().includes(call.tags?.[tag] as string))
      return `is for calls with the tag ${tag}: ${[wanted].flat().join(' or ')}`
  return undefined
}

function outside(kind: Kind, call: AnyCall, measure: Measure, conditions: Conditions): string | undefined {
  const [max, min, unit] = ranges[measure]
  const { [max]: most, [min]: least, countTokens } = conditions
  if (most === undefined && least === undefined) return undefined
  const isCounted = measure === 'tokens' && kind === 'text' && countTokens
  const found = isCounted ? countTokens(call as TextCall) : measured(kind, measure, call)
  if (most !== undefined && (found ?? 0) > most)
    return `is for up to ${most} ${unit}, and these are about ${print(found)}`
  if (least === undefined || (found ?? 0) >= least) return undefined
  return `is for ${least} ${unit} or more, and ${found === undefined ? 'this call does not say how many' : `these are about ${print(found)}`}`
}

const print = (amount = 0): number => Number(amount.toFixed(1))

const named: readonly string[] = ['image', 'audio', 'video'] satisfies Modality[]

/** Where calls keep their files. */
interface WithFiles extends AnyCall {
  readonly messages?: readonly Message[]
  readonly images?: readonly unknown[]
  readonly references?: readonly unknown[]
  readonly firstFrame?: unknown
  readonly lastFrame?: unknown
}

function modalities(kind: Kind, call: WithFiles): Modality[] {
  if (kind === 'transcription') return ['audio']
  const { messages = [], images = [], references = [], firstFrame, lastFrame } = call
  const isDrawn = images.length + references.length > 0 || firstFrame !== undefined || lastFrame !== undefined
  const found = new Set<Modality>(isDrawn && !isValueKind(kind) ? ['image'] : [])
  for (const { content } of messages) {
    for (const piece of typeof content === 'string' ? [] : content) {
      if (piece.type !== 'file') continue
      const [type = ''] = piece.mediaType.split('/')
      found.add(named.includes(type) ? (type as Modality) : 'file')
    }
  }
  return found.size > 0 ? [...found] : ['text']
}
