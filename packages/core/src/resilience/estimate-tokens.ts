import type { Message } from '../contract/message.ts'
import type { TextCall } from '../contract/text.ts'

/** Tokens that a call puts in, about: a quarter of its characters, tools and schemas included. What files cost is not known before a service has read them: they count as nothing. */
export function estimateTokens({ messages, tools, output }: Pick<TextCall, 'messages' | 'tools' | 'output'>): number {
  let chars = 0
  for (const message of messages) chars += charsOf(message)
  if (tools) chars += JSON.stringify(tools).length
  if (output) chars += JSON.stringify(output).length
  return Math.ceil(chars / 4)
}

function charsOf({ content }: Message): number {
  if (typeof content === 'string') return content.length
  let chars = 0
  for (const piece of content) {
    if ('text' in piece) chars += piece.text.length
    else if (piece.type === 'tool-call') chars += piece.name.length + piece.input.length
    else if (piece.type === 'tool-result') chars += piece.name.length + (JSON.stringify(piece.output)?.length ?? 0)
  }
  return chars
}
