import type { Json } from '@anymodel/core'

/** Options as a query: the service takes them nowhere else. A list repeats its name. */
export function query(options: Readonly<Record<string, Json | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(options)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null)
        search.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one))
    }
  }
  return search.toString()
}
