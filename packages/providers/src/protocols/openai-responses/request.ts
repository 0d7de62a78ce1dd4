import type {
  AssistantContent,
  AssistantMessage,
  CacheHint,
  FileContent,
  Json,
  JsonObject,
  Message,
  Opaque,
  TextCall,
  TextContent,
  ToolDefinition,
  ToolResultContent,
  Warning,
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
import type { ResponsesDialect } from './dialect.ts'
import { clientTools } from './items.ts'

/** What the encoders of messages need to know about the call they stand in. */
interface Context extends Target {
  readonly dialect: ResponsesDialect
  readonly rule: ModelRule | undefined
  readonly warnings: Warning[]
  /** Types of the calls that are not function calls, by id: their results go back in their own shapes. */
  readonly callTypes: ReadonlyMap<string, string>
  /** Whether the service keeps its items, so that they can be named without their content. */
  readonly stored: boolean
}

/** Our call as a Responses request. */
export function toRequest(asked: TextCall, target: Target, dialect: ResponsesDialect): WireRequest {
  const warnings: Warning[] = []
  const rule = ruleOf(dialect.models, target.model)
  warnOfBudget(asked, target, warnings)
  const effort = effortOf(asked, rule, target, warnings)
  const call = whileReasoning(asked, rule, effort, target, warnings)
  const context: Context = {
    ...target,
    dialect,
    rule,
    warnings,
    callTypes: callTypesOf(call.messages, target),
    stored: call.extra?.store === true,
  }
  const summary = call.reasoning?.summary ? 'auto' : undefined
  const include = toInclude(call, context)
  const body: JsonObject = {
    model: target.model,
    input: call.messages.flatMap((message) => toItems(message, context)),
    ...(call.delivery === 'whole' ? {} : { stream: true }),
    store: false,
    include: include.length > 0 ? include : undefined,
    max_output_tokens: call.maxTokens,
    temperature: call.temperature,
    top_p: call.topP,
    top_logprobs: call.logprobs,
    reasoning: effort || summary ? { effort, summary } : undefined,
    ...toTools(call, target, warnings),
    text: toText(call, target, warnings),
    ...cacheField(call, rule),
  }
  return { path: '/responses', body, warnings }
}

/** What is not in every answer and has to be asked for. */
function toInclude({ logprobs, tools = [] }: TextCall, { dialect, rule }: Context): string[] {
  const reasons = dialect.encryptedReasoning === 'always' || rule?.efforts.length !== 0
  const results = tools.map((tool) =>
    tool.type === 'provider' ? dialect.include[String(tool.definition.type)] : undefined,
  )
  return [
    ...(reasons ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === undefined ? [] : ['message.output_text.logprobs']),
    ...new Set(results.filter((value) => value !== undefined)),
  ]
}

function callTypesOf(messages: readonly Message[], { provider }: Target): Map<string, string> {
  const types = new Map<string, string>()
  for (const message of messages) {
    if (message.role !== 'assistant' || typeof message.content === 'string') continue
    for (const piece of message.content) {
      const type = ownItem(piece.opaque, provider)?.type
      if (piece.type === 'tool-call' && typeof type === 'string' && type in clientTools) types.set(piece.id, type)
    }
  }
  return types
}

/** The item that this service once sent. */
function ownItem(opaque: Opaque | undefined, provider: string): JsonObject | undefined {
  const data = opaque?.provider === provider ? opaque.data : undefined
  return typeof data === 'object' && data !== null && !Array.isArray(data) && 'type' in data
    ? (data as JsonObject)
    : undefined
}

function toItems(message: Message, context: Context): JsonObject[] {
  switch (message.role) {
    case 'system':
      return [toSystem(message.content, message.cache, context)]
    case 'user':
      return [{ role: 'user', content: toContents(message.content, context) }]
    case 'assistant':
      return toAssistant(message, context)
    case 'tool':
      return message.content.map((result) => toResult(result, context))
  }
}

function toSystem(content: string, cache: CacheHint | undefined, { rule }: Context): JsonObject {
  const mark = cacheMark(cache, rule)
  return { role: rule?.system ?? 'system', content: mark ? [{ type: 'input_text', text: content, ...mark }] : content }
}

function toContents(content: string | readonly (TextContent | FileContent)[], context: Context): Json {
  if (typeof content === 'string') return content
  const { dialect, rule, warnings } = context
  return readable(content, dialect.files, context, warnings).map((piece) => ({
    ...toContent(piece),
    ...cacheMark(piece.cache, rule),
  }))
}

function toContent(content: TextContent | FileContent): JsonObject {
  if (content.type === 'text') return { type: 'input_text', text: content.text }
  const { mediaType, data, url, name } = content
  const where = url ?? `data:${mediaType};base64,${data}`
  if (mediaType.startsWith('image/')) return { type: 'input_image', image_url: where, detail: 'auto' }
  if (url !== undefined) return { type: 'input_file', file_url: url }
  return { type: 'input_file', filename: name ?? `file.${mediaType.split('/')[1] ?? 'bin'}`, file_data: where }
}

/** Items of this service go back as they came. Of other services text, tool calls and images do: the format has no images in answers, so they stand before it as the user's. */
function toAssistant({ content }: AssistantMessage, context: Context): JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ role: 'assistant', content }]
  const images = content
    .filter((piece) => piece.type === 'file')
    .filter(({ mediaType, opaque }) => /^image/.test(mediaType) && !ownItem(opaque, context.provider))
  const items = content.flatMap((piece) => toOutput(piece, context))
  return images.length > 0 ? [{ role: 'user', content: toContents(images, context) }, ...items] : items
}

function toOutput(piece: AssistantContent, context: Context): JsonObject[] {
  const own = ownItem(piece.opaque, context.provider)
  switch (piece.type) {
    case 'text':
      return piece.text === '' ? [] : [toAnswer(piece.text, own)]
    case 'reasoning':
      return own && (carriesItself(own) || context.stored) ? [own] : []
    case 'file':
      return own ? [drawnItem(own, context, piece.data)] : []
    case 'tool-call':
      if (own && own.type !== 'function_call') return [own]
      return piece.byProvider ? [] : [{ ...(own ?? { type: 'function_call' }), ...toCall(piece) }]
    case 'tool-result':
      return own ? [own.type === 'image_generation_call' ? drawnItem(own, context) : own] : []
    case 'source':
      return []
  }
}

/** A picture that the service drew. Of what it tells about it, it takes this back; what it has stored is only named. */
function drawnItem({ type, id, status }: JsonObject, { stored }: Context, result: Json = null): JsonObject {
  return stored ? { type, id } : { type, id, status, result }
}

function toAnswer(text: string, own: JsonObject | undefined): JsonObject {
  if (!own?.id) return { role: 'assistant', content: text }
  const { refused, ...item } = own
  const content = refused ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] }
  return { ...item, role: 'assistant', status: 'completed', content: [content] }
}

/** Reasoning that is neither encrypted nor readable is only a reference to what the service has stored. */
const carriesItself = ({ type, encrypted_content, content }: JsonObject): boolean =>
  type !== 'reasoning' || Boolean(encrypted_content) || (Array.isArray(content) && content.length > 0)

/** The service takes at most 64 characters. */
const callId = (id: string): string => toolId(id, /^.{1,64}$/)

const toCall = ({ id, name, input }: { id: string; name: string; input: string }): JsonObject => ({
  call_id: callId(id),
  name,
  arguments: input === '' ? '{}' : input,
})

function toResult(result: ToolResultContent, context: Context): JsonObject {
  const { id, output, content } = result
  const type = context.callTypes.get(id)
  const client = type === undefined ? undefined : clientTools[type]
  if (client) return client.answer(id, result)
  return {
    type: 'function_call_output',
    call_id: callId(id),
    output: content ? toContents(content, context) : typeof output === 'string' ? output : JSON.stringify(output),
  }
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
  const { schema, strict } = tool.strict
    ? enforced(inputSchema, `tools.${name}`, target, warnings)
    : { schema: inputSchema as JsonObject, strict: false }
  // Left out, `strict` means true here.
  return { type: 'function', name, description, parameters: schema, strict }
}

function toToolChoice({ toolChoice, tools }: TextCall): Json | undefined {
  if (typeof toolChoice !== 'object') return toolChoice
  const tool = tools?.find(({ name }) => name === toolChoice.tool)
  if (tool?.type !== 'provider') return { type: 'function', name: toolChoice.tool }
  const { type, name, server_label } = tool.definition
  return { type, name: type === 'custom' ? name : undefined, server_label }
}

function toText({ output }: TextCall, target: Target, warnings: Warning[]): JsonObject | undefined {
  if (!output) return undefined
  if (output.type === 'json') return { format: { type: 'json_object' } }
  const { name, description } = output
  return { format: { type: 'json_schema', name, description, ...enforced(output.schema, 'schema', target, warnings) } }
}
