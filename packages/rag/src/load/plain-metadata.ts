import type { Json } from '@anymodel/core'
import type { Metadata } from '../contract.ts'

const maxFields = 50
const maxLength = 2_000

/** What of a file's own fields may be metadata: plain values and lists of them. Dates become ISO 8601, long texts are left out. */
export function asMetadata(fields: object): Metadata {
  const plain: [string, Json][] = []
  for (const [name, value] of Object.entries(fields)) {
    const kept = asPlain(value)
    if (kept !== undefined && name !== '__proto__' && plain.length < maxFields) plain.push([name, kept])
  }
  return Object.fromEntries(plain)
}

function asPlain(value: unknown): Json | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (typeof value === 'string') return value.length > 0 && value.length <= maxLength ? value : undefined
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  if (!Array.isArray(value) || value.length === 0 || value.length > maxFields) return undefined
  const values = value.map((one: unknown) => (Array.isArray(one) ? undefined : asPlain(one)))
  return values.every((one) => one !== undefined) ? values : undefined
}
