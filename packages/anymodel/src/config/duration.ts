const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A number above 0 and its unit. */
export const durationPattern = /^(?=.*[1-9])(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/** Milliseconds of a duration that follows the pattern. */
export function toMs(duration: string): number {
  const [, amount, unit] = durationPattern.exec(duration) ?? []
  return Number(amount) * (units[unit ?? ''] as number)
}
