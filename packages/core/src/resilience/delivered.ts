import type { NoticePart, Part } from '../contract/part.ts'

/** What the reader has of the answer. */
export interface Delivered {
  readonly text: string
  /** Anything at all. */
  readonly some: boolean
  /** Something that can't be taken back: a tool call, a result, a file. */
  readonly final: boolean
}

export const nothing: Delivered = { text: '', some: false, final: false }

/** With one part more. */
export const grown = ({ text, final }: Delivered, part: Part): Delivered => ({
  text: part.type === 'text' ? text + part.text : text,
  some: true,
  final: final || part.type === 'tool-call' || part.type === 'tool-result' || part.type === 'file',
})

/** Says that all of it is void. */
export function voided({ text }: Delivered): NoticePart {
  const discardChars = text.length
  const message = `What was delivered (${discardChars} characters of text) is void: the answer begins anew.`
  return { type: 'notice', kind: 'reset', message, discardChars }
}

/** True for parts that say nothing. */
export const isEmpty = (part: Part): boolean =>
  (part.type === 'text' || part.type === 'reasoning') && part.text === '' && !part.opaque
