import {
  AnyModelError,
  type AssistantMessage,
  type FunctionDefinition,
  type Json,
  type JsonObject,
  type JsonSchema,
  type Message,
  type TextCall,
  type ToolResultContent,
  type Warning,
} from '@anymodel/core'
import type { ToolForm } from '../grammar/index.ts'
import type { ChatTemplate, TemplateMessage } from './template.ts'

/** A call as the text that the model goes on with. */
export interface Prompt {
  readonly text: string
  /** True when the text is the caller's own and the tokenizer has to add what a text begins with. */
  readonly raw: boolean
  /** True when the answer continues a text, so that a space at its start means something. */
  readonly continues: boolean
  /** What the answer begins with that stands in `text` already: that of a last assistant message. */
  readonly prefill: string
  /** How the model writes tool calls, where that is known. */
  readonly form: ToolForm | undefined
  readonly warnings: readonly Warning[]
}

/** That of a completion, whose tokens are made apart: it goes on with a text. */
export const gapPrompt: Prompt = { text: '', raw: true, continues: true, prefill: '', form: undefined, warnings: [] }

/** Renders the conversation. A model without a chat template continues the plain text of the messages. */
export function toPrompt(call: TextCall, template: ChatTemplate | undefined): Prompt {
  const tools = call.toolChoice === 'none' ? [] : (call.tools ?? []).filter((tool) => tool.type === 'function')
  const last = call.messages.at(-1)
  const prefill = last?.role === 'assistant' ? textOf(last) : ''
  const history = last?.role === 'assistant' && !hasToolCalls(last) ? call.messages.slice(0, -1) : call.messages
  const own = template?.takesTools === true
  const messages = joinSystems(toMessages(history, own))
  const form = own ? formOf(template.source) : 'hermes'
  const asked = call.output?.type === 'json-schema' ? tellSchema(messages, call.output.schema) : messages
  const told = own ? asked : tell(asked, tools)
  const { regex: _regex, choice: _choice, ...variables } = call.extra ?? {}
  const text = template
    ? template.render(told, own ? tools.map(toDefinition) : [], variables)
    : told.map(({ content }) => content).join('\n\n')
  return {
    text: text + prefill,
    raw: !template,
    continues: !template || prefill !== '',
    prefill,
    form,
    warnings: form || tools.length === 0 || !isForced(call.toolChoice) ? [] : [onlyAsked],
  }
}

const isForced = (choice: TextCall['toolChoice']): boolean =>
  choice !== undefined && choice !== 'auto' && choice !== 'none'

const onlyAsked: Warning = {
  option: 'toolChoice',
  message: 'This model can only be asked to call a tool, not be made to: how it writes calls is not known.',
}

/** How a model writes calls, by the tags in its chat template. */
function formOf(source: string): ToolForm | undefined {
  if (source.includes('<tool_call>')) return 'hermes'
  if (source.includes('[TOOL_CALLS]')) return source.includes('[ARGS]') ? 'mistral-args' : 'mistral'
  return source.includes('<|python_tag|>') ? 'llama' : undefined
}

/** A schema in plain words: the grammar makes the answer fit it, but the model should know what it is about. */
const tellSchema = (messages: readonly TemplateMessage[], schema: JsonSchema): readonly TemplateMessage[] =>
  instruct(messages, `Answer with JSON that fits this schema, and nothing else:\n${JSON.stringify(schema)}`)

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
  return instruct(messages, words)
}

/** Puts words at the end of the system message. */
function instruct(messages: readonly TemplateMessage[], words: string): readonly TemplateMessage[] {
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
