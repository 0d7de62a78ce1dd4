import type { Warning } from '@anymodel/core'

/** The length to ask for, of those that a model makes (default: any): the nearest, with a warning when it is not what was wanted. */
export function lengthFor(
  seconds: number | undefined,
  lengths: readonly number[] | undefined,
): { readonly seconds?: number; readonly warning?: Warning } {
  if (seconds === undefined) return {}
  if (!lengths || lengths.includes(seconds)) return { seconds }
  const nearest = lengths.reduce((best, next) => (Math.abs(next - seconds) < Math.abs(best - seconds) ? next : best))
  const message = `The model makes videos of ${lengths.join(', ')} seconds: seconds ${seconds} became ${nearest}.`
  return { seconds: nearest, warning: { option: 'seconds', message } }
}
