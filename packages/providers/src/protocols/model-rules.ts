import {
  AnyModelError,
  type CacheHint,
  type FileContent,
  type JsonObject,
  type Knob,
  type TextCall,
  type TextContent,
  type Warning,
} from '@anymodel/core'
import { mediaTypeMatches } from '@anymodel/core/http'
import type { Target } from '../protocol.ts'

/** A reasoning effort in the words of services that have steps. `default`: on, as much as the model likes. */
export type WireEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'default'

/** What the models of one family accept, as data. */
export interface ModelRule {
  /** Matches the ids of the family; the first rule that matches counts. */
  readonly match: RegExp
  /** Reasoning efforts that it takes, lowest first. Empty: it rejects the option. */
  readonly efforts: readonly WireEffort[]
  /** What it does when no effort is asked for. */
  readonly effort?: WireEffort
  /** Tuning options that it rejects. */
  readonly lacks?: readonly Knob[]
  /** Tuning options that it rejects unless the effort is `none`. */
  readonly lacksWhileReasoning?: readonly Knob[]
  /** The role of instructions. Default `system`. */
  readonly system?: 'developer'
  /**
   * How a prefix of the prompt is cached for longer: marks in the content, or one field for all of it. Default: no way; such models cache by themselves or not at all.
   */
  readonly cache?: 'prompt_cache_breakpoint' | 'cache_control' | 'prompt_cache_retention'
}

/** Tuning options that reasoning models tend to reject. */
export const samplingKnobs: readonly Knob[] = [
  'temperature',
  'topP',
  'presencePenalty',
  'frequencyPenalty',
  'logitBias',
  'logprobs',
]

export const ruleOf = (rules: readonly ModelRule[], model: string): ModelRule | undefined =>
  rules.find(({ match }) => match.test(model))

/** The tuning options of a service that one of its models honours. */
export function knobsOf(knobs: readonly Knob[], rule: ModelRule | undefined): readonly Knob[] {
  const missing: readonly Knob[] = [
    ...(rule?.efforts.length === 0 ? (['reasoning'] as const) : []),
    ...(rule?.lacks ?? []),
  ]
  return knobs.filter((knob) => !missing.includes(knob))
}

const order: readonly WireEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'default']

/** What services take about which nothing else is known. */
const commonEfforts: readonly WireEffort[] = ['none', 'minimal', 'low', 'medium', 'high']

/** The effort that was asked for, or the nearest one that the model takes, with a warning when that is another step. */
export function effortOf(
  { reasoning }: TextCall,
  rule: ModelRule | undefined,
  { provider, model }: Target,
  warnings: Warning[],
): WireEffort | undefined {
  const asked = reasoning?.effort
  if (asked === undefined) return undefined
  const efforts = rule?.efforts ?? commonEfforts
  const taken = efforts.find((effort) => order.indexOf(effort) >= order.indexOf(asked)) ?? efforts.at(-1)
  if (taken !== asked && asked !== 'max')
    warnings.push({
      option: 'reasoning.effort',
      message: `${provider}/${model} has no reasoning effort "${asked}": "${taken}" was used.`,
    })
  return taken
}

/** Services with steps of effort do not count reasoning tokens. */
export function warnOfBudget({ reasoning }: TextCall, { provider, model }: Target, warnings: Warning[]): void {
  if (reasoning?.budget === undefined) return
  const message = `${provider}/${model} takes no budget of reasoning tokens: it was left out. Use reasoning.effort.`
  warnings.push({ option: 'reasoning.budget', message })
}

/** What marks the end of a prefix to cache in a piece of content. */
export function cacheMark(cache: CacheHint | undefined, rule: ModelRule | undefined): JsonObject | undefined {
  if (!cache) return undefined
  if (rule?.cache === 'prompt_cache_breakpoint') return { prompt_cache_breakpoint: { mode: 'explicit' } }
  if (rule?.cache !== 'cache_control') return undefined
  return { cache_control: { type: 'ephemeral', ...((cache.ttl ?? 0) > 300 ? { ttl: '1h' } : {}) } }
}

/** What asks for a longer life of the whole prompt: such models keep prefixes for minutes unless a day is asked for. */
export function cacheField({ messages }: TextCall, rule: ModelRule | undefined): JsonObject {
  if (rule?.cache !== 'prompt_cache_retention') return {}
  const long = (cache: CacheHint | undefined) => (cache?.ttl ?? 0) > 3_600
  const asked = messages.some(
    (message) =>
      (message.role === 'system' && long(message.cache)) ||
      (typeof message.content !== 'string' && message.content.some((piece) => long(piece.cache))),
  )
  return asked ? { prompt_cache_retention: '24h' } : {}
}

/** The call without the options that the model rejects while it reasons. Throws `unsupported` when the call wants that. */
export function whileReasoning(
  call: TextCall,
  rule: ModelRule | undefined,
  effort: WireEffort | undefined,
  target: Target,
  warnings: Warning[],
): TextCall {
  if (!rule?.lacksWhileReasoning || (effort ?? rule.effort) === 'none') return call
  const given = rule.lacksWhileReasoning.filter((knob) => call[knob] !== undefined)
  if (given.length === 0) return call
  const words = `${target.provider}/${target.model} takes ${given.join(', ')} only with reasoning effort "none"`
  if (call.onUnsupported === 'error') throw new AnyModelError('unsupported', `${words}.`, target)
  const kept: { -readonly [K in keyof TextCall]: TextCall[K] } = { ...call }
  for (const option of given) {
    delete kept[option]
    warnings.push({ option, message: `${words}: ${option} was left out.` })
  }
  return kept
}

/** The files of a conversation that a model reads; of the others it gets to know that they were left out. */
export function readable<T extends TextContent | FileContent>(
  content: readonly T[],
  files: readonly string[],
  { provider, model }: Target,
  warnings: Warning[],
): (T | TextContent)[] {
  return content.map((piece) => {
    if (piece.type !== 'file' || files.some((pattern) => mediaTypeMatches(pattern, piece.mediaType))) return piece
    const message = `${provider}/${model} does not read ${piece.mediaType} files: one in the conversation was left out.`
    warnings.push({ option: 'messages', message })
    return { type: 'text', text: `(${piece.mediaType} file, left out)` }
  })
}
