import {
  AnyModelError,
  type AssistantMessage,
  type FileContent,
  type Json,
  type JsonObject,
  type Message,
  narrowForOpenAI,
  type TextCall,
  type TextContent,
  type ToolResultContent,
  type Warning,
} from '@anymodel/core'
import type { Target, WireRequest } from '../../protocol.ts'
import type { ChatDialect } from './dialect.ts'

/** Our call as a Chat Completions request. */
export function toRequest(call: TextCall, target: Target, dialect: ChatDialect): WireRequest {
  const warnings: Warning[] = []
  const stream = call.delivery !== 'whole'
  const body: JsonObject = {
    model: target.model,
    messages: call.messages.flatMap((message) => toMessages(message, target, dialect)),
    ...(stream ? { stream, ...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}) } : {}),
    [dialect.maxTokens]: call.maxTokens,
    temperature: call.temperature,
    top_p: call.topP,
    top_k: call.topK,
    min_p: call.minP,
    presence_penalty: call.presencePenalty,
    frequency_penalty: call.frequencyPenalty,
    repetition_penalty: call.repetitionPenalty,
    logit_bias: call.logitBias,
    [dialect.seed]: call.seed,
    stop: call.stop?.length ? call.stop : undefined,
    ...(call.logprobs === undefined ? {} : { logprobs: true, top_logprobs: call.logprobs || undefined }),
    ...toReasoning(call, dialect),
    ...toTools(call, target, warnings),
    response_format: toResponseFormat(call, warnings),
  }
  return { path: '/chat/completions', body, warnings }
}

function toReasoning({ reasoning }: TextCall, dialect: ChatDialect): JsonObject {
  if (!reasoning) return {}
  const { effort, budget } = reasoning
  switch (dialect.reasoning) {
    case 'reasoning_effort':
      return { reasoning_effort: effort }
    case 'reasoning.effort':
      return { reasoning: { effort, max_tokens: budget, ...(reasoning.summary === false ? { exclude: true } : {}) } }
    case 'thinking':
      return {
        thinking: { type: effort === 'none' ? 'disabled' : 'enabled' },
        reasoning_effort: effort === 'none' ? undefined : effort,
      }
    case 'none':
      return {}
  }
}

function toTools(call: TextCall, target: Target, warnings: Warning[]): JsonObject {
  if (!call.tools?.length) return {}
  const tools = call.tools.map((tool): JsonObject => {
    if (tool.type === 'provider') return tool.definition
    const narrowed = tool.strict ? narrowForOpenAI(tool.inputSchema) : undefined
    if (tool.strict && !narrowed)
      warnings.push({
        option: `tools.${tool.name}`,
        message: `${target.provider} can't enforce this input schema; it is checked after the answer instead.`,
      })
    return {
      type: 'function',
      function: {
        name: tool.name,
        description: tool.description,
        parameters: (narrowed ?? tool.inputSchema) as JsonObject,
        strict: narrowed ? true : undefined,
      },
    }
  })
  const { toolChoice } = call
  return {
    tools,
    tool_choice:
      typeof toolChoice === 'object' ? { type: 'function', function: { name: toolChoice.tool } } : toolChoice,
    parallel_tool_calls: call.parallelToolCalls,
  }
}

function toResponseFormat({ output }: TextCall, warnings: Warning[]): Json | undefined {
  if (!output) return undefined
  if (output.type === 'json') return { type: 'json_object' }
  const narrowed = narrowForOpenAI(output.schema)
  if (!narrowed)
    warnings.push({
      option: 'schema',
      message: "The service can't enforce this schema strictly; the answer is checked against it afterwards.",
    })
  const { name, description } = output
  return {
    type: 'json_schema',
    json_schema: {
      name,
      description,
      schema: (narrowed ?? output.schema) as JsonObject,
      strict: narrowed !== undefined,
    },
  }
}

function toMessages(message: Message, target: Target, dialect: ChatDialect): JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [
        {
          role: 'user',
          content: typeof message.content === 'string' ? message.content : message.content.map(toContent),
        },
      ]
    case 'assistant':
      return [toAssistant(message, target, dialect)]
    case 'tool':
      return message.content.flatMap((result) => toToolMessages(result, dialect))
  }
}

function toContent(content: TextContent | FileContent): JsonObject {
  if (content.type === 'text') return { type: 'text', text: content.text }
  const { mediaType, data, url, name } = content
  if (mediaType.startsWith('image/'))
    return { type: 'image_url', image_url: { url: url ?? `data:${mediaType};base64,${data}` } }
  if (mediaType.startsWith('audio/') && data !== undefined)
    return { type: 'input_audio', input_audio: { data, format: audioFormat(mediaType) } }
  if (data !== undefined)
    return {
      type: 'file',
      file: {
        filename: name ?? `file.${mediaType.split('/')[1] ?? 'bin'}`,
        file_data: `data:${mediaType};base64,${data}`,
      },
    }
  throw new AnyModelError('unsupported', `A ${mediaType} file can't be given to this model by URL. Pass its bytes.`)
}

const audioFormat = (mediaType: string): string =>
  /wav/.test(mediaType) ? 'wav' : /mpeg|mp3/.test(mediaType) ? 'mp3' : (mediaType.split('/')[1] ?? 'wav')

function toAssistant(message: AssistantMessage, target: Target, dialect: ChatDialect): JsonObject {
  if (typeof message.content === 'string') return { role: 'assistant', content: message.content }
  const text = message.content.map((c) => (c.type === 'text' ? c.text : '')).join('')
  const toolCalls = message.content.filter((c) => c.type === 'tool-call' && !c.byProvider) as {
    id: string
    name: string
    input: string
    opaque?: { provider: string; data: Json }
  }[]
  return {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    ...toReplay(message, target, dialect),
    tool_calls: toolCalls.length
      ? toolCalls.map(({ id, name, input, opaque }) => ({
          id: toolId(id, dialect),
          type: 'function',
          function: { name, arguments: input === '' ? '{}' : input },
          ...(opaque?.provider === target.provider ? (opaque.data as JsonObject) : {}),
        }))
      : undefined,
  }
}

/** Reasoning goes back only to the service that wrote it, and only where it asks for it. */
function toReplay(message: AssistantMessage, target: Target, dialect: ChatDialect): JsonObject {
  if (dialect.replay === 'none' || typeof message.content === 'string') return {}
  const own = message.content
    .filter((c) => c.type === 'reasoning')
    .filter((c) => c.opaque?.provider === target.provider)
  if (own.length === 0) return {}
  if (dialect.replay === 'reasoning_content') return { reasoning_content: own.map((c) => c.text).join('') }
  return { reasoning_details: own.flatMap((c) => c.opaque?.data as Json[]) }
}

function toToolMessages(result: ToolResultContent, dialect: ChatDialect): JsonObject[] {
  const { id, output, content } = result
  const message = {
    role: 'tool',
    tool_call_id: toolId(id, dialect),
    content: content ? content.map((c) => (c.type === 'text' ? c.text : '')).join('') : outputText(output),
  }
  // The format has no files in tool results: they follow as a user message.
  const files = content?.filter((c) => c.type === 'file') ?? []
  return files.length ? [message, { role: 'user', content: files.map(toContent) }] : [message]
}

const outputText = (output: Json): string => (typeof output === 'string' ? output : JSON.stringify(output))

/** Ids that another service gave are mapped to nine letters and digits, the same one every time. */
function toolId(id: string, { toolIds }: ChatDialect): string {
  if (toolIds === 'any' || /^[a-zA-Z0-9]{9}$/.test(id)) return id
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < id.length; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(id.charCodeAt(i))) * 0x100000001b3n)
  return hash.toString(36).padStart(9, '0').slice(-9)
}
