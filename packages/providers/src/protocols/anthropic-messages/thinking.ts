import type { JsonObject, TextCall, Warning } from '@anymodel/core'
import type { Target } from '../../protocol.ts'
import { effortOf, type WireEffort } from '../model-rules.ts'
import type { ClaudeRule } from './dialect.ts'

/** How hard the model is told to think. */
export interface Thinking {
  readonly thinking?: JsonObject | undefined
  readonly effort?: WireEffort | undefined
  /** Tokens that `thinking` may use, where it is counted. */
  readonly budget?: number | undefined
}

/** Budgets for models that know no efforts. */
const budgets: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  max: 31_999,
}

const leastBudget = 1_024

/** The call's reasoning options as the model takes them. */
export function toThinking(
  call: TextCall,
  rule: Omit<ClaudeRule, 'match'>,
  target: Target,
  warnings: Warning[],
): Thinking {
  const { effort, budget, summary } = call.reasoning ?? {}
  if (!call.reasoning || !rule.thinking) return {}
  if (effort === 'none' && rule.off) return { thinking: { type: rule.off } }
  const display = summary === undefined ? {} : { display: summary ? 'summarized' : 'omitted' }
  const counted =
    rule.thinking === 'effort'
      ? undefined
      : (budget ?? (rule.thinking === 'budget' && effort ? budgets[effort] : undefined))
  if (counted !== undefined) return toBudget(counted, call, display, target, warnings)
  if (rule.thinking === 'budget') return {}
  const models = { match: /^/, efforts: rule.efforts ?? [] }
  return { thinking: { type: 'adaptive', ...display }, effort: effortOf(call, models, target, warnings) }
}

function toBudget(
  asked: number,
  { maxTokens = Number.POSITIVE_INFINITY }: TextCall,
  display: JsonObject,
  { provider, model }: Target,
  warnings: Warning[],
): Thinking {
  const budget = Math.min(Math.max(asked, leastBudget), maxTokens - 1)
  const warn = (words: string) =>
    warnings.push({ option: 'reasoning.budget', message: `${provider}/${model} ${words}` })
  if (budget < leastBudget) {
    warn(`thinks with ${leastBudget} tokens or more, which maxTokens leaves no room for: it does not think.`)
    return {}
  }
  if (budget !== asked) warn(`can't think with a budget of ${asked} tokens here: ${budget} were used.`)
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display }, budget }
}
