import { randomUUID } from 'node:crypto'
import { isAnyModelError } from '../../errors.ts'
import type { Claim, Hold, Settlement } from '../../state/state.ts'
import { windowOf } from '../budget/window.ts'
import type { Outcome } from '../ticket.ts'

/** At most so many requests or tokens within any minute or day, within a calendar month by UTC, or at once. */
export interface Amount {
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly requestsPerDay?: number | undefined
  readonly tokensPerDay?: number | undefined
  readonly requestsPerMonth?: number | undefined
  readonly concurrency?: number | undefined
}

/** How much may pass. */
export interface Rates extends Amount {
  /** What those have in common who share the limits. */
  readonly key: string
  /** Milliseconds after which the place of a dead process is free again. */
  readonly lease: number
}

export interface Amounts {
  readonly requests: number
  readonly tokens: number
}

export type LimitKind = 'concurrency' | 'requests' | 'tokens'

interface Rate {
  readonly kind: LimitKind
  /** Of its key. */
  readonly suffix: string
  readonly per: number | '1mo'
}

const minute = 60_000
const day = 86_400_000

const rates: Readonly<Record<Exclude<keyof Amount, 'concurrency'>, Rate>> = {
  requestsPerMinute: { kind: 'requests', suffix: 'requests', per: minute },
  tokensPerMinute: { kind: 'tokens', suffix: 'tokens', per: minute },
  requestsPerDay: { kind: 'requests', suffix: 'requests:day', per: day },
  tokensPerDay: { kind: 'tokens', suffix: 'tokens:day', per: day },
  requestsPerMonth: { kind: 'requests', suffix: 'requests:month', per: '1mo' },
}

/** Everything that can be limited. Put together where it is used: what a module puts together on import stays in every bundle. */
export const amountNames = (): (keyof Amount)[] => [...(Object.keys(rates) as (keyof typeof rates)[]), 'concurrency']

interface Place {
  readonly key: string
  readonly window: number
  /** Milliseconds after which nothing of it counts any more. */
  readonly left: number
}

/** Under which key a state counts what passes, and for how long. */
export function placeOf(key: string, name: keyof Amount): Place {
  if (name === 'concurrency') return { key: `limit:{${key}}:concurrency`, window: 0, left: Number.POSITIVE_INFINITY }
  const { suffix, per } = rates[name]
  const { month, ...rest } = windowOf(per)
  return { key: [`limit:{${key}}:${suffix}`, ...month].join(':'), ...rest }
}

/** What one request takes of each limit that is set. One that wants more than there is at all waits for all of it. */
export function toClaims(limits: Rates, amounts: Amounts): readonly (Claim & Place & { readonly kind: LimitKind })[] {
  const set = amountNames().filter((name) => limits[name] !== undefined)
  return set.map((name) => {
    const limit = limits[name] as number
    const place = placeOf(limits.key, name)
    if (name === 'concurrency')
      return { kind: name, ...place, limit, amount: 1, window: limits.lease, lease: randomUUID() }
    const { kind } = rates[name]
    return { kind, ...place, limit, amount: Math.min(amounts[kind as keyof Amounts], limit) }
  })
}

/** What a request came to: its place is free, its tokens are known (else they stay as estimated). */
export const settlementsOf = (
  { key }: Rates,
  holds: readonly Hold[],
  { isFree, usage = {}, error }: Outcome,
): Settlement[] =>
  holds.flatMap((hold) => {
    if (hold.isLease) return [{ hold, amount: 0 }]
    const { input, output, total = sum(input, output) } = usage
    const isUnsent = isFree && (!isAnyModelError(error) || error.phase === 'connect')
    if (hold.key.startsWith(`limit:{${key}}:requests`)) return isUnsent ? [{ hold, amount: 0 }] : []
    const amount = isFree ? 0 : total
    return amount === undefined ? [] : [{ hold, amount }]
  })

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b
