import type { CachedInfo, FinishPart, Part } from '../../contract/part.ts'
import { mergeParts } from '../../stream/share.ts'

/** An answer as it is kept. */
export interface Entry {
  readonly madeAt: number
  readonly parts: readonly Part[]
  readonly finish: FinishPart
}

/** Parts that are kept: what the reader would get again. */
const kept: ReadonlySet<string> = new Set(['text', 'reasoning', 'source', 'file'])

/** Follows an answer. It is worth keeping only when it is whole, and nothing but an answer: no tool calls, no refusal, nothing that was cut. */
export class EntryDraft {
  #parts: Part[] = []
  #isPlain = true
  #finish: FinishPart | undefined

  add(part: Part): void {
    if (part.type === 'finish') this.#finish = part
    else if (part.type === 'notice') {
      if (part.kind === 'warning') this.#parts.push(part)
      else if (part.kind === 'reset') this.#parts = this.#parts.filter(({ type }) => type === 'notice')
    } else if (kept.has(part.type)) mergeParts(this.#parts, part)
    else this.#isPlain = false
  }

  get entry(): Entry | undefined {
    if (!this.#isPlain || this.#finish?.reason !== 'stop') return undefined
    const { headers: _headers, ...response } = this.#finish.response
    const hasContent = this.#parts.some(({ type }) => type !== 'notice')
    return hasContent ? { madeAt: Date.now(), parts: this.#parts, finish: { ...this.#finish, response } } : undefined
  }
}

export const toText = (entry: Entry): string =>
  JSON.stringify(entry, (_, value) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  )

/** Reads what was kept; `undefined` when it is not an answer (any more): others may write there too. */
export function toEntry(text: string): Entry | undefined {
  try {
    const { madeAt, parts, finish } = JSON.parse(text) as Entry
    const isWhole = Array.isArray(parts) && finish?.type === 'finish' && typeof finish.response?.model === 'string'
    if (!isWhole || typeof madeAt !== 'number') return undefined
    return { madeAt, finish, parts: parts.map(revived) }
  } catch {
    return undefined
  }
}

function revived(part: Part): Part {
  if (part.type === 'file')
    return { ...part, data: Buffer.from((part.data as unknown as { base64: string }).base64, 'base64') }
  if (part.type === 'notice' ? part.kind === 'warning' : kept.has(part.type)) return part
  throw new TypeError(`No part of a kept answer: ${part.type}`)
}

/** The end of an answer that nobody is billed for. */
export const unbilled = (finish: FinishPart, cached: CachedInfo): FinishPart => ({
  ...finish,
  usage: { input: 0, output: 0, total: 0 },
  response: { ...finish.response, cached },
})
