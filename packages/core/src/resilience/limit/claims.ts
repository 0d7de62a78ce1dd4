import { randomUUID } from 'node:crypto'
import { isAnyModelError } from '../../errors.ts'
import type { Claim, Hold, Settlement } from '../../state/state.ts'
import type { Outcome } from '../ticket.ts'

/** How much may pass. */
export interface Rates {
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly concurrency?: number | undefined
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

/** Under which key a state counts what passes. */
export const keyOf = (key: string, kind: LimitKind): string => `limit:{${key}}:${kind}`

/** What one request takes of each limit that is set. One that wants more than there is at all waits for all of it. */
export function toClaims(
  rates: Rates,
  { requests, tokens }: Amounts,
): readonly (Claim & { readonly kind: LimitKind })[] {
  const { key, lease: window, concurrency, requestsPerMinute, tokensPerMinute } = rates
  const claim = (kind: LimitKind, limit: number | undefined, amount: number, rest: Pick<Claim, 'window' | 'lease'>) =>
    limit === undefined ? [] : [{ kind, key: keyOf(key, kind), limit, amount: Math.min(amount, limit), ...rest }]
  return [
    ...claim('concurrency', concurrency, 1, { window, lease: randomUUID() }),
    ...claim('requests', requestsPerMinute, requests, { window: 60_000 }),
    ...claim('tokens', tokensPerMinute, tokens, { window: 60_000 }),
  ]
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
    if (hold.key === keyOf(key, 'requests')) return isUnsent ? [{ hold, amount: 0 }] : []
    const amount = isFree ? 0 : total
    return amount === undefined ? [] : [{ hold, amount }]
  })

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b
