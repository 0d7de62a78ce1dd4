import type { Json } from '@anymodel/core'

const close = (a: number, b: number) => a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))

/** Values that nest deeper are never the same. */
const deepest = 500

/** Whether two JSON values are the same; numbers may differ by one part in 10⁹. */
export function sameJson(a: Json, b: Json, depth = 0): boolean {
  if (depth > deepest) return false
  if (typeof a === 'number' && typeof b === 'number') return close(a, b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, at) => sameJson(item, b[at] as Json, depth + 1))
    )
  const [left, right] = [a as Record<string, Json>, b as Record<string, Json>]
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key] as Json, right[key] as Json, depth + 1))
  )
}

/** What a program wrote, without white space at the ends of its lines and of the whole. */
export const trimmedOutput = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()

/** Whether a program wrote what it should. */
export const sameText = (a: Json, b: Json): boolean => trimmedOutput(String(a)) === trimmedOutput(String(b))
