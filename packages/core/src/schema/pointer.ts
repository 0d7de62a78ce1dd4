import type { JsonSchema } from '../contract/json.ts'

/** True for what may hold keywords: a plain object. */
export const isSchemaObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a JSON Pointer (`/a/b`, RFC 6901, percent-encoded as in a URI fragment) points at in a document; `undefined` when there is nothing. */
export function pointedAt(document: unknown, pointer: string): unknown {
  let at = document
  for (const step of pointer.split('/').slice(1)) {
    const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** What a `$ref` inside the document (`#`, `#/$defs/x`) points at; `undefined` for any other reference. */
export const refTarget = (document: unknown, ref: unknown): unknown =>
  ref === '#'
    ? document
    : typeof ref === 'string' && ref.startsWith('#/')
      ? pointedAt(document, ref.slice(1))
      : undefined
