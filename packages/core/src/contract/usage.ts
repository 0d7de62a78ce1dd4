import type { Json } from './json.ts'

/** Tokens of one answer. A number the service did not report is `undefined`, never 0. */
export interface Usage {
  /** All tokens that went in, cached ones included. */
  readonly input?: number | undefined
  /** All tokens that came out, reasoning included. */
  readonly output?: number | undefined
  /** What the service reports as total, else input + output when both are known. */
  readonly total?: number | undefined
  /** The part of `input` that was read from the service's prompt cache. */
  readonly cacheRead?: number | undefined
  /** The part of `input` that was written to the service's prompt cache. */
  readonly cacheWrite?: number | undefined
  /** The part of `output` that was reasoning. */
  readonly reasoning?: number | undefined
  /** What the service reported, as it stands. */
  readonly raw?: Json | undefined
}

const fields = ['input', 'output', 'total', 'cacheRead', 'cacheWrite', 'reasoning'] as const

/** The sum of two usages. A field is `undefined` only when neither knows it; `raw` is dropped. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = {}
  for (const field of fields) {
    const left = a[field]
    const right = b[field]
    if (left !== undefined || right !== undefined) sum[field] = (left ?? 0) + (right ?? 0)
  }
  return sum
}
