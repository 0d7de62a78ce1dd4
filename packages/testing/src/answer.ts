import type { FinishPart, NoticePart, Part, ResponseInfo, Usage } from '@anymodel/core'

/** How a scripted answer ends. All fields may be left out: `stop` (or `tool-calls` when there are any), no usage reported. */
export interface Ending {
  readonly type: 'finish'
  readonly reason?: FinishPart['reason']
  readonly usage?: Usage
  readonly response?: Partial<ResponseInfo>
}

/** A piece of a scripted answer: the parts that a model hands over, except that its end need not be spelt out. */
export type AnswerPart = Content | Ending

/** What an answer is made of. */
export type Content = Exclude<Part, FinishPart | NoticePart>

/** A scripted answer: a text, or parts. Neighbouring text parts are one text in fragments, tool calls with the same id one call. */
export type Answer = string | readonly AnswerPart[]

/** An answer with everything spelt out. */
export interface Script {
  readonly content: readonly Content[]
  readonly reason: FinishPart['reason']
  readonly usage: Usage | undefined
  readonly response: Partial<ResponseInfo>
}

/** Spells an answer out. */
export function toScript(answer: Answer): Script {
  const parts: readonly AnswerPart[] = typeof answer === 'string' ? [{ type: 'text', text: answer }] : answer
  const content = parts.filter((part): part is Content => part.type !== 'finish')
  const { reason, usage, response = {} }: Partial<Ending> = parts.find((part) => part.type === 'finish') ?? {}
  const calls = content.some((part) => part.type === 'tool-call' && !part.byProvider)
  return { content, reason: reason ?? (calls ? 'tool-calls' : 'stop'), usage, response }
}
