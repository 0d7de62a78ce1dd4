import type { JsonObject, TextCall, Warning } from '@anymodel/core'
import type { Target } from '../../protocol.ts'
import { effortOf, type WireEffort, warnOfBudget } from '../model-rules.ts'
import { budgetFor } from '../thinking-budget.ts'
import type { ClaudeRule } from './dialect.ts'

/** How hard the model is told to think. */
export interface Thinking {
  readonly thinking?: JsonObject | undefined
  readonly effort?: WireEffort | undefined
  /** Tokens that `thinking` may use, where it is counted. */
  readonly budget?: number | undefined
}

const leastBudget = 1_024

const mostBudget = 32_000

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
  if (rule.thinking !== 'effort' && budget !== undefined) return toBudget(budget, call, display, target, warnings)
  if (rule.thinking === 'budget') {
    if (effort === undefined) return {}
    const counted = Math.max(budgetFor(effort, mostBudget, call.maxTokens), leastBudget)
    return toBudget(counted, call, display, target, warnings)
  }
  warnOfBudget(call, target, warnings)
  const models = { match: /^/, efforts: rule.efforts ?? [] }
  return { thinking: { type: 'adaptive', ...display }, effort: effortOf(call, models, target, warnings) }
}

/** The answer's limit holds for thoughts, too: some of it must be left for what is said. */
function toBudget(
  asked: number,
  { maxTokens = Number.POSITIVE_INFINITY }: TextCall,
  display: JsonObject,
  { provider, model }: Target,
  warnings: Warning[],
): Thinking {
  const warn = (words: string) => warnings.push({ option: 'reasoning', message: `${provider}/${model} ${words}` })
  if (maxTokens <= leastBudget) {
    warn(`thinks with ${leastBudget} tokens or more, which maxTokens leaves no room for: it does not think.`)
    return {}
  }
  const budget = Math.max(asked < maxTokens ? asked : Math.floor(maxTokens / 2), leastBudget)
  if (budget !== asked) warn(`can't think with ${asked} tokens here: ${budget} are used.`)
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display }, budget }
}
