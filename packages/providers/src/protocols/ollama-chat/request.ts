import {
  AnyModelError,
  type AssistantMessage,
  type FileContent,
  type Json,
  type JsonObject,
  type Message,
  type TextCall,
  type TextContent,
  type ToolDefinition,
  type ToolResultContent,
  type Warning,
} from '@anymodel/core'
import type { Target, WireRequest } from '../../protocol.ts'
import { enforced } from '../enforce.ts'
import { readable, warnOfBudget } from '../model-rules.ts'
import { toInputObject } from '../tool-input.ts'

interface Context extends Target {
  readonly warnings: Warning[]
}

/** Media types that it reads. */
export const files = ['image/*']

/** Our call as a request to `/api/chat`. */
export function toRequest(call: TextCall, target: Target): WireRequest {
  const warnings: Warning[] = []
  const context: Context = { ...target, warnings }
  const tools = toTools(call, context)
  warnOfBudget(call, target, warnings)
  const body: JsonObject = {
    model: target.model,
    messages: call.messages.flatMap((message) => toMessages(message, context)),
    // Without it, it streams.
    stream: call.delivery !== 'whole',
    ...(tools.length > 0 && { tools }),
    format: toFormat(call, context),
    think: toThink(call),
    ...(call.logprobs !== undefined && { logprobs: true, top_logprobs: call.logprobs || undefined }),
    options: toOptions(call),
  }
  return { path: '/api/chat', body, warnings }
}

function toOptions(call: TextCall): JsonObject | undefined {
  const options: JsonObject = {
    num_predict: call.maxTokens,
    temperature: call.temperature,
    top_p: call.topP,
    top_k: call.topK,
    min_p: call.minP,
    seed: call.seed,
    presence_penalty: call.presencePenalty,
    frequency_penalty: call.frequencyPenalty,
    repeat_penalty: call.repetitionPenalty,
    stop: call.stop?.length ? call.stop : undefined,
  }
  return Object.values(options).some((value) => value !== undefined) ? options : undefined
}

/** A switch, or a step for models that have some. */
function toThink({ reasoning }: TextCall): Json | undefined {
  const effort = reasoning?.effort
  if (effort === undefined) return undefined
  return effort === 'none' ? false : effort === 'minimal' ? 'low' : effort
}

function toFormat({ output }: TextCall, context: Context): Json | undefined {
  if (!output) return undefined
  return output.type === 'json' ? 'json' : enforced(output.schema, 'schema', context, context.warnings).schema
}

/** Which tool is called is the model's choice: nothing in a request forces it. */
function toTools({ tools = [], toolChoice = 'auto' }: TextCall, { provider, model }: Context): JsonObject[] {
  if (toolChoice === 'none') return []
  if (toolChoice === 'auto') return tools.map(toTool)
  throw new AnyModelError(
    'unsupported',
    `${provider}/${model}: Ollama can't be made to call a tool. Leave toolChoice out, or set it to 'auto' or 'none'.`,
  )
}

function toTool(tool: ToolDefinition): JsonObject {
  if (tool.type === 'provider') return tool.definition
  const { name, description, inputSchema } = tool
  return { type: 'function', function: { name, description, parameters: inputSchema as JsonObject } }
}

function toMessages(message: Message, context: Context): JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [{ role: 'user', ...toContent(message.content, context) }]
    case 'assistant':
      return [toAssistant(message, context)]
    case 'tool':
      return message.content.map((result) => toResult(result, context))
  }
}

/** Texts are joined, pictures stand beside them. */
function toContent(content: string | readonly (TextContent | FileContent)[], context: Context): JsonObject {
  if (typeof content === 'string') return { content }
  const read = readable(content, files, context, context.warnings)
  const images = read.flatMap((piece) => (piece.type === 'file' && piece.data !== undefined ? [piece.data] : []))
  const text = read.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('\n')
  return { content: text, ...(images.length > 0 && { images }) }
}

function toAssistant({ content }: AssistantMessage, { provider }: Context): JsonObject {
  if (typeof content === 'string') return { role: 'assistant', content }
  const text = content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
  const thinking = content
    .filter((piece) => piece.type === 'reasoning')
    .filter(({ opaque }) => opaque?.provider === provider)
    .map((piece) => piece.text)
    .join('')
  const calls = content.filter((piece) => piece.type === 'tool-call').filter((call) => !call.byProvider)
  const toolCalls = calls.map(({ id, name, input }) => ({
    id,
    function: { name, arguments: toInputObject(input) },
  }))
  return {
    role: 'assistant',
    content: text,
    ...(thinking !== '' && { thinking }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  }
}

function toResult({ id, name, output, content }: ToolResultContent, context: Context): JsonObject {
  const given = content
    ? toContent(content, context)
    : { content: typeof output === 'string' ? output : JSON.stringify(output) }
  return { role: 'tool', tool_name: name, tool_call_id: id, ...given }
}
