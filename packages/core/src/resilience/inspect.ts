import type { State } from '../state/state.ts'
import { budgetKey, windowOf } from './budget/window.ts'
import { keyOf, type LimitKind } from './limit/claims.ts'
import { openFor } from './shared/shared-circuit.ts'

/** What is asked about a budget: as `withBudget` has it. */
export interface BudgetQuestion {
  readonly limit: { readonly usd: number } | { readonly tokens: number }
  readonly per: number | '1mo'
  readonly key: string
  /** Value of the tag that the budget goes by. Default: none. */
  readonly owner?: string
}

/** What is left of a budget, in US dollars or tokens, as its limit is; `undefined` where the state does not tell. What calls under way have set aside is taken off. */
export async function budgetLeft(
  state: State,
  { limit, per, key, owner = '' }: BudgetQuestion,
): Promise<number | undefined> {
  const [spent] = (await state.counted?.([budgetKey(key, owner, windowOf(per).month)])) ?? []
  if (spent === undefined) return undefined
  const left = 'usd' in limit ? limit.usd - spent / 1e9 : limit.tokens - spent
  return Math.max(0, left)
}

/** What is left of limits, as `withLimit` has them, of those that are set; `undefined` where the state does not tell. */
export async function limitsLeft(
  state: State,
  key: string,
  limits: { readonly requestsPerMinute?: number; readonly tokensPerMinute?: number; readonly concurrency?: number },
): Promise<{ readonly [K in keyof typeof limits]?: number } | undefined> {
  const names = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((name) => limits[name] !== undefined)
  const counted = await state.counted?.(names.map((name) => keyOf(key, kinds[name])))
  if (!counted) return undefined
  const left = names.map((name, at) => [name, Math.max(0, (limits[name] as number) - (counted[at] as number))])
  return Object.fromEntries(left)
}

const kinds = {
  requestsPerMinute: 'requests',
  tokensPerMinute: 'tokens',
  concurrency: 'concurrency',
} as const satisfies Record<string, LimitKind>

/** Milliseconds for which a breaker that processes share is still open; 0: it is closed, or may be tried. */
export const breakerOpenFor = (state: State, key: string): Promise<number> => openFor(state, key, Date.now())
