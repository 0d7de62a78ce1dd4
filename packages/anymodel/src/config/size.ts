const units: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9 }

/** A number above 0 and its unit. */
export const sizePattern = /^(?=.*[1-9])(\d+(?:\.\d+)?)(kb|mb|gb)$/

/** Bytes of a size that follows the pattern. */
export function toBytes(size: string): number {
  const [, amount, unit] = sizePattern.exec(size) ?? []
  return Number(amount) * (units[unit ?? ''] as number)
}
