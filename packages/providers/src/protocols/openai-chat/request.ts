import {
  AnyModelError,
  type AssistantContent,
  type AssistantMessage,
  type FileContent,
  type Json,
  type JsonObject,
  type Knob,
  type Message,
  type TextCall,
  type TextContent,
  type ToolCallContent,
  type ToolDefinition,
  type ToolMessage,
  type ToolResultContent,
  type Warning,
} from '@anymodel/core'
import type { Target, WireRequest } from '../../protocol.ts'
import { enforced } from '../enforce.ts'
import {
  cacheField,
  cacheMark,
  effortOf,
  type ModelRule,
  readable,
  ruleOf,
  warnOfBudget,
  whileReasoning,
} from '../model-rules.ts'
import { toolId } from '../tool-id.ts'
import type { ChatDialect } from './dialect.ts'

/** What the encoders of messages need to know about the call they stand in. */
interface Context extends Target {
  readonly dialect: ChatDialect
  readonly rule: ModelRule | undefined
  readonly warnings: Warning[]
}

/** Our call as a Chat Completions request. */
export function toRequest(asked: TextCall, target: Target, dialect: ChatDialect): WireRequest {
  const warnings: Warning[] = []
  const rule = ruleOf(dialect.models, target.model)
  const effort = effortOf(asked, rule, target, warnings)
  const call = whileReasoning(asked, rule, effort, target, warnings)
  const context: Context = { ...target, dialect, rule, warnings }
  const stream = call.delivery !== 'whole'
  const body: JsonObject = {
    model: target.model,
    messages: call.messages.flatMap((message) => toMessages(message, context)),
    ...(stream ? { stream, ...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}) } : {}),
    [dialect.maxTokens]: call.maxTokens,
    ...toTuning(call, dialect),
    ...toReasoning(call, effort, context),
    ...toTools(call, target, warnings),
    response_format: toResponseFormat(call, target, warnings),
    ...cacheField(call, rule),
  }
  return { path: '/chat/completions', body, warnings }
}

/** Tuning options whose values go out as they are. */
const plain = [
  'temperature',
  'topP',
  'topK',
  'minP',
  'presencePenalty',
  'frequencyPenalty',
  'repetitionPenalty',
  'logitBias',
  'seed',
] as const satisfies readonly Knob[]

function toTuning(call: TextCall, { knobs }: ChatDialect): JsonObject {
  const body: Record<string, Json | undefined> = {}
  for (const knob of plain) {
    const field = knobs[knob]
    if (field) body[field] = call[knob]
  }
  if (knobs.stop && call.stop?.length) body[knobs.stop] = call.stop
  if (knobs.logprobs && call.logprobs !== undefined) {
    body[knobs.logprobs] = true
    body.top_logprobs = call.logprobs || undefined
  }
  return body
}

function toReasoning(
  call: TextCall,
  effort: string | undefined,
  { dialect, warnings, ...target }: Context,
): JsonObject {
  if (!call.reasoning || !dialect.knobs.reasoning) return {}
  const { budget, summary } = call.reasoning
  if (dialect.knobs.reasoning === 'reasoning')
    return { reasoning: { effort, max_tokens: budget, exclude: summary === false ? true : undefined } }
  warnOfBudget(call, target, warnings)
  if (dialect.knobs.reasoning === 'reasoning_effort' || effort === undefined) return { reasoning_effort: effort }
  if (effort === 'none') return { thinking: { type: 'disabled' } }
  return { thinking: { type: 'enabled' }, reasoning_effort: effort }
}

function toTools(call: TextCall, target: Target, warnings: Warning[]): JsonObject {
  if (!call.tools?.length) return {}
  return {
    tools: call.tools.map((tool) => toTool(tool, target, warnings)),
    tool_choice: toToolChoice(call),
    parallel_tool_calls: call.parallelToolCalls,
  }
}

function toTool(tool: ToolDefinition, target: Target, warnings: Warning[]): JsonObject {
  if (tool.type === 'provider') return tool.definition
  const { name, description, inputSchema } = tool
  if (!tool.strict) return { type: 'function', function: { name, description, parameters: inputSchema as JsonObject } }
  const { schema, strict } = enforced(inputSchema, `tools.${name}`, target, warnings)
  return { type: 'function', function: { name, description, parameters: schema, strict: strict || undefined } }
}

function toToolChoice({ toolChoice, tools }: TextCall): Json | undefined {
  if (typeof toolChoice !== 'object') return toolChoice
  const name = toolChoice.tool
  const tool = tools?.find((one) => one.name === name)
  if (tool?.type !== 'provider') return { type: 'function', function: { name } }
  return { type: tool.definition.type, [String(tool.definition.type)]: { name } }
}

function toResponseFormat({ output }: TextCall, target: Target, warnings: Warning[]): Json | undefined {
  if (!output) return undefined
  if (output.type === 'json') return { type: 'json_object' }
  const { name, description } = output
  return {
    type: 'json_schema',
    json_schema: { name, description, ...enforced(output.schema, 'schema', target, warnings) },
  }
}

function toMessages(message: Message, context: Context): JsonObject[] {
  switch (message.role) {
    case 'system': {
      const role = context.rule?.system ?? 'system'
      const mark = cacheMark(message.cache, context.rule)
      return [{ role, content: mark ? [{ type: 'text', text: message.content, ...mark }] : message.content }]
    }
    case 'user':
      return [{ role: 'user', content: toContents(message.content, context) }]
    case 'assistant':
      return toAssistant(message, context)
    case 'tool':
      return toToolMessages(message, context)
  }
}

type Content = TextContent | FileContent

function toContents(content: string | readonly Content[], { dialect, rule, warnings, ...target }: Context): Json {
  if (typeof content === 'string') return content
  return readable(content, dialect.files, target, warnings).map((piece) => ({
    ...toContent(piece, dialect),
    ...cacheMark(piece.cache, rule),
  }))
}

function toContent(content: Content, dialect: ChatDialect): JsonObject {
  if (content.type === 'text') return { type: 'text', text: content.text }
  const { mediaType, data, url, name } = content
  const where = url ?? `data:${mediaType};base64,${data}`
  if (mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url: where } }
  if (mediaType.startsWith('audio/') && data !== undefined)
    return { type: 'input_audio', input_audio: { data, format: audioFormat(mediaType) } }
  if (dialect.documents === 'document_url') return { type: 'document_url', document_url: where, document_name: name }
  if (data !== undefined)
    return { type: 'file', file: { filename: name ?? `file.${mediaType.split('/')[1] ?? 'bin'}`, file_data: where } }
  throw new AnyModelError('unsupported', `A ${mediaType} file can't be given to this model by URL. Pass its bytes.`)
}

const audioFormat = (mediaType: string): string =>
  /wav/.test(mediaType) ? 'wav' : /mpeg|mp3/.test(mediaType) ? 'mp3' : (mediaType.split('/')[1] ?? 'wav')

function toAssistant({ content }: AssistantMessage, context: Context): JsonObject[] {
  if (typeof content === 'string') return [{ role: 'assistant', content }]
  const text = content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
  const calls = content.filter((piece) => piece.type === 'tool-call').filter((call) => !call.byProvider)
  const images = content.filter((piece) => piece.type === 'file').filter(({ mediaType }) => /^image/.test(mediaType))
  const answer = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    tool_calls: calls.length > 0 ? calls.map((call) => toToolCall(call, context)) : undefined,
    ...toThoughts(content, text, context),
  }
  // The format has no images in answers: they stand before it as the user's.
  return images.length > 0 ? [{ role: 'user', content: toContents(images, context) }, answer] : [answer]
}

function toToolCall({ id, name, input, opaque }: ToolCallContent, { dialect, provider }: Context): JsonObject {
  return {
    id: callId(id, dialect),
    type: 'function',
    function: { name, arguments: input === '' ? '{}' : input },
    ...(opaque?.provider === provider ? toExtra(opaque.data) : {}),
  }
}

/** What this format carries next to a call. Items that a provider's other format left there stay behind. */
const toExtra = (data: Json): JsonObject => {
  const { extra_content } = (data ?? {}) as { extra_content?: Json }
  return extra_content === undefined ? {} : { extra_content }
}

/** What carries the reasoning of an answer, next to its text or around it. It goes back only to the service that wrote it, and only where that asks for it. */
function toThoughts(content: readonly AssistantContent[], text: string, { dialect, provider }: Context): JsonObject {
  const own = content
    .filter((piece) => piece.type === 'reasoning')
    .filter(({ opaque }) => opaque?.provider === provider)
  if (own.length === 0) return {}
  const words = own.map((piece) => piece.text).join('')
  switch (dialect.replay) {
    case 'none':
      return {}
    case 'reasoning_content':
      return { reasoning_content: words }
    case 'reasoning_details':
      return { reasoning_details: own.flatMap(({ opaque }) => opaque?.data as Json[]) }
    case 'thinking': {
      const thinking = { type: 'thinking', thinking: [{ type: 'text', text: words }], closed: true }
      return { content: text === '' ? [thinking] : [thinking, { type: 'text', text }] }
    }
  }
}

/** Tool results stand together, right after their calls. */
function toToolMessages({ content }: ToolMessage, context: Context): JsonObject[] {
  const { dialect } = context
  const results = content.map((result) => ({
    role: 'tool',
    tool_call_id: callId(result.id, dialect),
    content: toResultContent(result, context),
  }))
  const files = content.flatMap((result) => result.content?.filter((piece) => piece.type === 'file') ?? [])
  if (files.length === 0 || dialect.toolFiles === 'inside') return results
  return [...results, { role: 'user', content: toContents(files, context) }]
}

function toResultContent({ output, content }: ToolResultContent, context: Context): Json {
  if (!content) return typeof output === 'string' ? output : JSON.stringify(output)
  if (context.dialect.toolFiles === 'inside') return toContents(content, context)
  return content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
}

const callId = (id: string, { toolIds }: ChatDialect): string =>
  toolId(id, toolIds === 'any' ? /./s : /^[a-zA-Z0-9]{9}$/)
