/** Where Azure says in an error what its content filters found. */
const places = [
  'content_filter_result',
  'content_filter_results',
  'content_filters',
  'innererror',
  'inner_error',
] as const

/** Why a content filter refused, in words such as `hate: medium, jailbreak`; `undefined` where an error does not say it. */
export function filterReasons(error: object): string | undefined {
  const reasons = new Set(reasonsIn(error, 0))
  return reasons.size > 0 ? [...reasons].join(', ').slice(0, 500) : undefined
}

function reasonsIn(value: object, depth: number): string[] {
  if (depth > 3) return []
  if (Array.isArray(value)) return value.flatMap((one) => (isObject(one) ? reasonsIn(one, depth + 1) : []))
  const here = Object.entries(value).flatMap(([category, found]) => {
    const { filtered, severity } = isObject(found) ? (found as { filtered?: unknown; severity?: unknown }) : {}
    if (filtered !== true) return []
    return typeof severity === 'string' && severity !== 'safe' ? `${category}: ${severity}` : category
  })
  return [...here, ...places.flatMap((place) => inside(value, place, depth))]
}

function inside(value: object, place: (typeof places)[number], depth: number): string[] {
  const there = (value as Record<string, unknown>)[place]
  return isObject(there) ? reasonsIn(there, depth + 1) : []
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
