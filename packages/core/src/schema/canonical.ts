import { guardDepth } from './run.ts'

/** A JSON value as a text that is the same for equal values, whatever the order of their keys. */
export const canonical = (value: unknown): string => write(value, 0)

function write(value: unknown, depth: number): string {
  guardDepth(depth)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item, depth + 1)}`).join(',')}}`
}
