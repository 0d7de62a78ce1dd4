import type { State } from '../state/state.ts'
import { budgetKey, windowOf } from './budget/window.ts'
import { type Amount, amountNames, placeOf } from './limit/claims.ts'
import { openFor } from './shared/circuit-news.ts'

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
  limits: Amount,
): Promise<{ readonly [K in keyof Amount]?: number } | undefined> {
  const names = amountNames().filter((name) => limits[name] !== undefined)
  const counted = await state.counted?.(names.map((name) => placeOf(key, name).key))
  if (!counted) return undefined
  const left = names.map((name, at) => [name, Math.max(0, (limits[name] as number) - (counted[at] as number))])
  return Object.fromEntries(left)
}

/** Milliseconds for which a breaker that processes share is still open; 0: it is closed, or may be tried. */
export const breakerOpenFor = (state: State, key: string): Promise<number> => openFor(state, key, Date.now())
