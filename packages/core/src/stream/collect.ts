import type { Json } from '../contract/json.ts'
import type { AssistantContent, Opaque, ToolCallContent } from '../contract/message.ts'
import type { Attempt, FinishPart, Part, Warning } from '../contract/part.ts'
import type { Partial } from '../errors.ts'

type Open<T> = { -readonly [K in keyof T]: T[K] }

/** Gathers the parts of one answer into message content. Each part costs the same, however long the answer is. */
export class Collector {
  readonly content: AssistantContent[] = []
  readonly warnings: Warning[] = []
  /** Attempts that failed before this answer came. */
  readonly failed: Attempt[] = []
  finish: FinishPart | undefined
  #open: { type: 'text' | 'reasoning'; text: string; opaque?: Opaque } | undefined
  #calls = new Map<string, Open<ToolCallContent>>()

  add(part: Part): void {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return this.#addText(part)
      case 'tool-call': {
        const call = this.#calls.get(part.id)
        if (call) call.input += part.input
        else this.#addCall(part)
        if (part.opaque) (call ?? (this.#calls.get(part.id) as Open<ToolCallContent>)).opaque = part.opaque
        return
      }
      case 'tool-result':
        this.#open = undefined
        this.content.push({ ...part, output: toJson(part.output) })
        return
      case 'source':
        // Sources belong to the text around them: they do not end its block.
        this.content.push(part)
        return
      case 'file':
        this.#open = undefined
        this.content.push({
          type: 'file',
          mediaType: part.mediaType,
          data: Buffer.from(part.data.buffer, part.data.byteOffset, part.data.byteLength).toString('base64'),
          ...(part.opaque ? { opaque: part.opaque } : {}),
        })
        return
      case 'notice':
        if (part.kind === 'warning') this.warnings.push(part.warning)
        else if ('attempt' in part) this.failed.push(part.attempt)
        else if (part.kind === 'reset') this.#reset()
        return
      case 'finish':
        this.finish = part
    }
  }

  #reset(): void {
    this.content.length = 0
    this.#open = undefined
    this.#calls.clear()
  }

  #addText(part: { type: 'text' | 'reasoning'; text: string; opaque?: Opaque }): void {
    if (this.#open?.type === part.type) this.#open.text += part.text
    else if (part.text !== '' || part.opaque) {
      this.#open = { type: part.type, text: part.text }
      this.content.push(this.#open)
    }
    if (part.opaque && this.#open) {
      this.#open.opaque = part.opaque
      this.#open = undefined
    }
  }

  #addCall({ id, name, input, byProvider }: Extract<Part, { type: 'tool-call' }>): void {
    const call: Open<ToolCallContent> = { type: 'tool-call', id, name, input, ...(byProvider ? { byProvider } : {}) }
    this.#open = undefined
    this.#calls.set(id, call)
    this.content.push(call)
  }

  get text(): string {
    return joined(this.content, 'text')
  }

  get reasoning(): string {
    return joined(this.content, 'reasoning')
  }

  get toolCalls(): readonly ToolCallContent[] {
    return [...this.#calls.values()]
  }

  /** What there is when the answer broke off. */
  partial(): Partial {
    const toolCalls = this.toolCalls.map(({ id, name, input }) => ({ id, name, input }))
    return { text: this.text, toolCalls, usage: this.finish?.usage }
  }
}

const joined = (content: readonly AssistantContent[], type: 'text' | 'reasoning'): string =>
  content.reduce((text, piece) => (piece.type === type ? text + piece.text : text), '')

/** Tool outputs become part of plain JSON messages: what JSON can't say becomes text. */
export function toJson(value: unknown): Json {
  if (value === undefined) return null
  try {
    return JSON.parse(
      JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? String(item) : item)) ?? 'null',
    ) as Json
  } catch {
    return String(value)
  }
}
