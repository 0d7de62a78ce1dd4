const day = 86_400_000

/** A month has a key of its own, and nothing of it lapses before it is over. `left`: milliseconds until nothing that was spent counts any more. */
export function windowOf(
  per: number | '1mo',
  now = new Date(),
): { readonly month: readonly string[]; readonly window: number; readonly left: number } {
  if (per !== '1mo') return { month: [], window: per, left: Number.POSITIVE_INFINITY }
  const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)
  return { month: [now.toISOString().slice(0, 7)], window: 31 * day, left: next - now.getTime() }
}

/** Under which key a state counts what was spent. */
export const budgetKey = (key: string, owner: string, month: readonly string[]): string =>
  `budget:${JSON.stringify([key, owner, ...month])}`
