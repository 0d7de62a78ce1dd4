import type { FinishPart, Part, Usage } from '@anymodel/core'

const isText = (value: unknown): boolean => typeof value === 'string'
const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string'

/** Whether a decoded part holds what its type says: services send wrong types, and none of that may reach the caller. */
export function isWellTyped(part: Part): boolean {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return isText(part.text)
    case 'tool-call':
      return isText(part.input) && isText(part.name) && isText(part.id) && part.id !== ''
    case 'tool-result':
      return isText(part.id) && isText(part.name)
    case 'source':
      return isTextOrAbsent(part.url) && isTextOrAbsent(part.title) && isTextOrAbsent(part.quote)
    case 'file':
      return isText(part.mediaType) && part.data instanceof Uint8Array
    default:
      return true
  }
}

const counts = ['input', 'output', 'total', 'cacheRead', 'cacheWrite', 'reasoning'] as const

/** A finish whose counts are counts and whose names are texts: what is not is left out, since the answer is whole without it. */
export function tidyFinish(finish: FinishPart, model: string): FinishPart {
  const { usage, response } = finish
  if (counts.some((name) => !isCount(usage[name])) || !isText(response.model) || !isTextOrAbsent(response.id)) {
    const kept = Object.fromEntries(counts.filter((name) => isCount(usage[name])).map((name) => [name, usage[name]]))
    return {
      ...finish,
      usage: { ...(kept as Usage), raw: usage.raw },
      response: {
        ...response,
        model: isText(response.model) ? response.model : model,
        id: isText(response.id) ? response.id : undefined,
      },
    }
  }
  return finish
}

const isCount = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0)
