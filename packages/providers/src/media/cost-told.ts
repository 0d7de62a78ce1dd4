/** Of a US dollar, as xAI counts. */
const ticks = 10_000_000_000

/** What an answer cost in US dollars, where the usage that a service reports tells that. */
export function costTold(usage: object | null | undefined): { readonly cost?: number } {
  const { cost, cost_in_usd_ticks: counted } = (usage ?? {}) as { cost?: unknown; cost_in_usd_ticks?: unknown }
  if (typeof cost === 'number') return { cost }
  const inTicks = typeof counted === 'number' || typeof counted === 'string' ? Number(counted) : Number.NaN
  return Number.isFinite(inTicks) ? { cost: inTicks / ticks } : {}
}
