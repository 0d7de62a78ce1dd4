import type { Part } from '../../contract/part.ts'

/** Turns parts into the text of one wire format, a part at a time. Every method returns what to write now; nothing is held that grows with the stream. */
export interface Encoder {
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
  start(): string
  part(part: Part): string
  /** After the last part. */
  end(): string
  /** Instead of `end`; `message` is safe to show. `undefined`: the format has no words for it, so the connection is broken off. */
  error(message: string): string | undefined
}

/** One event of server-sent events. */
export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

export const dataUrl = (mediaType: string, bytes: Uint8Array): string =>
  `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`

/** Parts as JSON: bytes as base64 text. */
export const toWire = (part: Part): unknown =>
  part.type === 'file' ? { ...part, data: Buffer.from(part.data).toString('base64') } : part

/** Tool calls joined from their fragments; those without a result are the client's to answer. */
export class OpenCalls {
  readonly #calls = new Map<string, { id: string; name: string; input: string }>()

  add(part: Part): void {
    if (part.type === 'tool-call' && !part.byProvider) {
      const call = this.#calls.get(part.id)
      if (call) call.input += part.input
      else this.#calls.set(part.id, { id: part.id, name: part.name, input: part.input })
    } else if (part.type === 'tool-result') this.#calls.delete(part.id)
  }

  /** The calls that are still open; asked once, at the end. */
  open(): { id: string; name: string; input: string }[] {
    return [...this.#calls.values()]
  }
}
