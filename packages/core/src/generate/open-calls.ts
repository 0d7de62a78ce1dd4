import type { Message, ToolCallContent, ToolMessage } from '../contract/message.ts'

/**
 * The conversation with a result for every tool call: services refuse one in which a call was never answered (the user went on talking, the process died), so such a call gets a result that says so.
 */
export function answerOpenCalls(messages: readonly Message[]): readonly Message[] {
  const out: Message[] = []
  messages.forEach((message, at) => {
    out.push(message)
    if (message.role !== 'assistant' || typeof message.content === 'string') return
    const answered = new Set<string>()
    for (let next = at + 1; messages[next]?.role === 'tool'; next++)
      for (const { id } of (messages[next] as ToolMessage).content) answered.add(id)
    const open = message.content
      .filter((piece) => piece.type === 'tool-call')
      .filter(({ id, byProvider }) => !byProvider && !answered.has(id))
    if (open.length > 0) out.push({ role: 'tool', content: open.map(({ id, name }) => ({ ...unanswered, id, name })) })
  })
  return out.length === messages.length ? messages : out
}

const unanswered = { type: 'tool-result', output: 'The tool was not run.', isError: true } as const

/** A call that has no result yet. */
export type Pending = Pick<ToolCallContent, 'id' | 'name' | 'input'>

/** Calls at the end of a conversation that no tool message answers. */
export function pendingCalls(messages: readonly Message[]): Pending[] {
  const at = messages.findLastIndex((message) => message.role === 'assistant')
  const last = messages[at]
  if (last?.role !== 'assistant' || typeof last.content === 'string') return []
  const after = messages.slice(at + 1)
  if (after.some((message) => message.role === 'user')) return []
  const answered = new Set(
    after.flatMap((message) => (message.role === 'tool' ? message.content.map(({ id }) => id) : [])),
  )
  return last.content
    .filter((piece) => piece.type === 'tool-call')
    .filter((call) => !call.byProvider && !answered.has(call.id))
}
