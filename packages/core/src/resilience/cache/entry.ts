import type { CachedInfo, FinishPart, Part } from '../../contract/part.ts'
import { mergeParts } from '../../stream/share.ts'

/** An answer as it is kept. */
export interface Entry {
  readonly madeAt: number
  readonly parts: readonly Part[]
  readonly finish: FinishPart
}

/** Parts that are kept: what the reader would get again. */
const kept: ReadonlySet<string> = new Set(['text', 'reasoning', 'source', 'file', 'image', 'audio', 'segment', 'value'])

/** Parts that are no part of the answer. */
const passing: ReadonlySet<string> = new Set(['progress', 'preview'])

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
    else if (passing.has(part.type)) return
    else this.#isPlain = false
  }

  get entry(): Entry | undefined {
    // Only texts end for a reason.
    const { reason = 'stop' } = (this.#finish ?? {}) as Partial<FinishPart>
    if (!this.#isPlain || !this.#finish || reason !== 'stop') return undefined
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

const withData: ReadonlySet<string> = new Set(['file', 'image', 'audio'])

function revived(part: Part): Part {
  if (withData.has(part.type)) {
    const { base64 } = (part as unknown as { data: { base64: string } }).data
    return { ...part, data: new Uint8Array(Buffer.from(base64, 'base64')) } as Part
  }
  if (part.type === 'notice' ? part.kind === 'warning' : kept.has(part.type)) return part
  throw new TypeError(`No part of a kept answer: ${part.type}`)
}

/** The end of an answer that nobody is billed for. */
export const unbilled = (finish: FinishPart, cached: CachedInfo): FinishPart => ({
  ...finish,
  usage: { input: 0, output: 0, total: 0 },
  response: { ...finish.response, cached },
})
