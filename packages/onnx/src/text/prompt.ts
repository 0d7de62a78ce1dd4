import {
  AnyModelError,
  type AssistantMessage,
  type FunctionDefinition,
  type Json,
  type JsonObject,
  type Message,
  type TextCall,
  type ToolResultContent,
  type Warning,
} from '@anymodel/core'
import type { ChatTemplate, TemplateMessage } from './template.ts'

/** A call as the text that the model goes on with. */
export interface Prompt {
  readonly text: string
  /** True when the text is the caller's own and the tokenizer has to add what a text begins with. */
  readonly raw: boolean
  /** True when the answer continues a text, so that a space at its start means something. */
  readonly continues: boolean
  /** The end of `text` that is part of a tool call which the model has to finish. */
  readonly opening: string
  readonly warnings: readonly Warning[]
}

/** Renders the conversation. A model without a chat template continues the plain text of the messages. */
export function toPrompt(call: TextCall, template: ChatTemplate | undefined): Prompt {
  const tools = call.toolChoice === 'none' ? [] : (call.tools ?? []).filter((tool) => tool.type === 'function')
  const last = call.messages.at(-1)
  const prefill = last?.role === 'assistant' ? textOf(last) : ''
  const history = last?.role === 'assistant' && !hasToolCalls(last) ? call.messages.slice(0, -1) : call.messages
  const own = template?.takesTools === true
  const messages = joinSystems(toMessages(history, own))
  const { opening, warnings } = toOpening(call.toolChoice, tools, template, own)
  const end = prefill + opening
  const told = own ? messages : tell(messages, tools)
  const text = template
    ? template.render(told, own ? tools.map(toDefinition) : [], call.extra ?? {})
    : told.map(({ content }) => content).join('\n\n')
  return { text: text + end, raw: !template, continues: !template || end !== '', opening, warnings }
}

/** Tool calls are forced by writing their beginning; which one begins a call is known only for models that write tags. */
function toOpening(
  choice: TextCall['toolChoice'],
  tools: readonly FunctionDefinition[],
  template: ChatTemplate | undefined,
  own: boolean,
): { opening: string; warnings: readonly Warning[] } {
  if (tools.length === 0 || choice === undefined || choice === 'auto' || choice === 'none')
    return { opening: '', warnings: [] }
  if (own && !template?.source.includes('<tool_call>')) {
    const message = 'This model can only be asked to call a tool, not be made to.'
    return { opening: '', warnings: [{ option: 'toolChoice', message }] }
  }
  const only = tools.length === 1 ? tools[0]?.name : undefined
  const name = choice === 'required' ? only && JSON.stringify(only) : JSON.stringify(choice.tool)
  return { opening: `<tool_call>\n{"name": ${name ? `${name}, "arguments": ` : '"'}`, warnings: [] }
}

const toDefinition = ({ name, description, inputSchema }: FunctionDefinition): JsonObject => ({
  type: 'function',
  function: { name, ...(description === undefined ? {} : { description }), parameters: inputSchema as JsonObject },
})

/** Tools in plain words, for templates that have no place for them. */
function tell(messages: readonly TemplateMessage[], tools: readonly FunctionDefinition[]): readonly TemplateMessage[] {
  if (tools.length === 0) return messages
  const list = tools.map((tool) => JSON.stringify(toDefinition(tool).function)).join('\n')
  const words = `You can call these functions, each given as JSON with a schema of its arguments:\n${list}\n
To call one, write exactly this and nothing after it:\n<tool_call>\n{"name": "<function name>", "arguments": {<arguments>}}\n</tool_call>
Its result comes back in <tool_response></tool_response>. If no function helps, answer in words.`
  const [first, ...rest] = messages
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${words}` }, ...rest]
    : [{ role: 'system', content: words }, ...messages]
}

/** `own`: the template writes tool calls and results itself; else they become text. */
function toMessages(messages: readonly Message[], own: boolean): TemplateMessage[] {
  const ids = new Map<string, string>()
  // Some templates take only ids of nine letters and digits, and the services' own are of many forms.
  const toId = (id: string): string => {
    const known = ids.get(id) ?? String(ids.size + 1).padStart(9, '0')
    ids.set(id, known)
    return known
  }
  return messages.flatMap((message) => toTurns(message, own, toId))
}

function toTurns(message: Message, own: boolean, toId: (id: string) => string): TemplateMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [{ role: 'user', content: textOf(message) }]
    case 'assistant':
      return [own ? toAssistant(message, toId) : { role: 'assistant', content: withCallsAsText(message) }]
    case 'tool':
      return message.content.map((result) => toResult(result, own, toId))
  }
}

function toResult(result: ToolResultContent, own: boolean, toId: (id: string) => string): TemplateMessage {
  const content = result.content
    ? result.content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
    : asText(result.output)
  return own
    ? { role: 'tool', content, name: result.name, tool_call_id: toId(result.id) }
    : { role: 'user', content: `<tool_response>\n${content}\n</tool_response>` }
}

function toAssistant(message: AssistantMessage, toId: (id: string) => string): TemplateMessage {
  const calls = callsOf(message).map(({ id, name, input }) => ({
    id: toId(id),
    type: 'function',
    function: { name, arguments: parse(input) },
  }))
  return { role: 'assistant', content: textOf(message), ...(calls.length > 0 ? { tool_calls: calls } : {}) }
}

function withCallsAsText(message: AssistantMessage): string {
  const calls = callsOf(message).map(
    ({ name, input }) => `<tool_call>\n${JSON.stringify({ name, arguments: parse(input) })}\n</tool_call>`,
  )
  return [textOf(message), ...calls].filter((text) => text !== '').join('\n')
}

const callsOf = ({ content }: AssistantMessage) =>
  typeof content === 'string' ? [] : content.filter((piece) => piece.type === 'tool-call')

const hasToolCalls = (message: AssistantMessage): boolean => callsOf(message).length > 0

function textOf({ content, role }: Exclude<Message, { role: 'tool' | 'system' }>): string {
  if (typeof content === 'string') return content
  if (role === 'user' && content.some((piece) => piece.type === 'file'))
    throw new AnyModelError('unsupported', 'This model reads text only: take the files out of the messages.')
  return content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
}

const asText = (output: Json): string => (typeof output === 'string' ? output : JSON.stringify(output))

/** Templates want arguments as an object; text that is not JSON is handed on as it stands. */
function parse(input: string): Json {
  try {
    return input === '' ? {} : (JSON.parse(input) as Json)
  } catch {
    return input
  }
}

/** Templates know one system message, at the start. */
function joinSystems(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const count = first < 0 ? messages.length : first
  if (count < 2) return [...messages]
  const content = messages
    .slice(0, count)
    .map((message) => message.content)
    .join('\n\n')
  return [{ role: 'system', content }, ...messages.slice(count)]
}
