import type { FilePart, Json, JsonObject, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { type Fragment, isTextBlock, type OtherBlock, type TextBlock, toFragments } from './blocks.ts'
import { jsonEvent, objects, type ServiceError, totalOf, type Wire, type WireEvent } from './wire.ts'

const reasons: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'refusal',
}

const codes = {
  400: 'invalid_request_error',
  401: 'invalid_api_key',
  403: 'permission_denied',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
  500: 'server_error',
}

/** OpenAI Chat Completions, as a service writes it. https://platform.openai.com/docs/api-reference/chat */
export const openaiChatWire: Wire = {
  name: 'openai-chat',
  serves: (path) => path.endsWith('/chat/completions'),
  wantsStream: (body) => body.stream === true,
  refuse,
  events,
  whole,
  error,
  errorEvent: (fault) => jsonEvent(error(fault)),
  reasons: ['stop', 'length', 'tool-calls', 'content-filter'],
  codes,
}

const head = ({ response }: Script, object: string) => ({
  id: response.id ?? 'chatcmpl-1',
  object,
  created: 1_700_000_000,
  model: response.model ?? 'served-model',
})

const reasonOf = ({ reason, response }: Script): string => response.rawReason ?? reasons[reason] ?? reason

function events(script: Script): WireEvent[] {
  const { blocks, fragments } = toFragments(script.content)
  const calls = blocks.filter((block) => block.type === 'tool-call')
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head(script, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, finish_reason }],
  })
  const out = [jsonEvent(chunk({ role: 'assistant', content: '' }))]
  for (const fragment of fragments) for (const delta of toDeltas(fragment, calls)) out.push(jsonEvent(chunk(delta)))
  out.push(jsonEvent(chunk({}, reasonOf(script)), undefined, true))
  const { usage } = script
  if (usage)
    out.push(
      jsonEvent({ ...head(script, 'chat.completion.chunk'), choices: [], usage: toUsage(usage) }, undefined, true),
    )
  out.push({ data: '[DONE]', terminal: true })
  return out
}

function toDeltas(fragment: Fragment, calls: readonly (TextBlock | OtherBlock)[]): object[] {
  const { block, text, source, first, last } = fragment
  if (!isTextBlock(block)) return block.type === 'file' ? [{ images: [toImage(block.part as FilePart)] }] : []
  if (source) return [{ annotations: [toAnnotation(source)] }]
  if (block.type === 'text') return [{ content: text }]
  if (block.type === 'reasoning') {
    if (block.signature === undefined) return [{ reasoning_content: text }]
    // As OpenRouter has it: the details come in fragments too, the signature in the last one.
    const detail = { type: 'reasoning.text', index: block.index }
    const delta = { reasoning_content: text, reasoning_details: [{ ...detail, text }] }
    const end = { reasoning_details: [{ ...detail, text: '', signature: block.signature }] }
    return last ? [delta, end] : [delta]
  }
  const index = calls.indexOf(block)
  const call = first
    ? { index, id: block.id, type: 'function', function: { name: block.name, arguments: text } }
    : { index, function: { arguments: text } }
  return [{ tool_calls: [call] }]
}

const toDetail = ({ text, signature }: TextBlock) => ({ type: 'reasoning.text', text, signature })
const toImage = ({ mediaType, data }: FilePart) => ({
  type: 'image_url',
  image_url: { url: `data:${mediaType};base64,${Buffer.from(data).toString('base64')}` },
})
const toAnnotation = ({ url, title, start, end }: { url?: string; title?: string; start?: number; end?: number }) => ({
  type: 'url_citation',
  url_citation: { url, title, start_index: start, end_index: end },
})

function whole(script: Script): Json {
  const { blocks } = toFragments(script.content)
  const of = (type: TextBlock['type']) => blocks.filter((block) => block.type === type) as TextBlock[]
  const joined = (type: 'text' | 'reasoning') =>
    of(type)
      .map((block) => block.text)
      .join('')
  const signed = of('reasoning').filter((block) => block.signature !== undefined)
  const sources = of('text').flatMap((block) => block.sources)
  const files = blocks.filter((block) => block.type === 'file') as OtherBlock[]
  const calls = of('tool-call').map(({ id, name, text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }))
  const message = {
    role: 'assistant',
    content: of('text').length > 0 || calls.length === 0 ? joined('text') : null,
    ...(of('reasoning').length > 0 ? { reasoning_content: joined('reasoning') } : {}),
    ...(signed.length > 0 ? { reasoning_details: signed.map(toDetail) } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(sources.length > 0 ? { annotations: sources.map(toAnnotation) } : {}),
    ...(files.length > 0 ? { images: files.map((file) => toImage(file.part as FilePart)) } : {}),
  }
  return {
    ...head(script, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: reasonOf(script) }],
    ...(script.usage ? { usage: toUsage(script.usage) } : {}),
  } as Json
}

const toUsage = (usage: Usage) => {
  const { input, output, cacheRead, cacheWrite, reasoning } = usage
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: totalOf(usage),
    ...(cacheRead === undefined && cacheWrite === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite } }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}

function error({ message, code }: Required<ServiceError>): Json {
  return { error: { message, type: code, param: null, code } }
}

/** The rules by which requests are refused in practice: shapes, and the order of calls and results. */
function refuse(body: JsonObject): string | undefined {
  if (typeof body.model !== 'string') return 'model must be a text'
  const messages = objects(body.messages)
  if (messages.length === 0) return 'messages must not be empty'
  let open = new Set<unknown>()
  for (const [at, message] of messages.entries()) {
    const { role, content } = message
    if (role === 'tool') {
      if (!open.delete(message.tool_call_id))
        return `messages[${at}]: tool_call_id ${String(message.tool_call_id)} answers no call before it`
      if (content === undefined || content === null) return `messages[${at}]: a tool message needs content`
      continue
    }
    if (open.size > 0 && role !== 'user') return `messages[${at}]: calls without a result: ${[...open].join(', ')}`
    if (open.size > 0) return `messages[${at}]: tool messages must answer ${[...open].join(', ')} first`
    if (!['system', 'developer', 'user', 'assistant'].includes(String(role)))
      return `messages[${at}]: role ${String(role)}`
    const calls = objects(message.tool_calls)
    const problem = calls.map(wrongCall).find(Boolean) ?? wrongContent(role, content, calls.length > 0)
    if (problem) return `messages[${at}]: ${problem}`
    open = new Set(calls.map((call) => call.id))
  }
  if (open.size > 0) return `calls without a result: ${[...open].join(', ')}`
  return objects(body.tools)
    .map((tool) => ((tool.function as { name?: unknown } | undefined)?.name ? undefined : 'tools need function.name'))
    .find(Boolean)
}

function wrongCall({ id, function: called }: Record<string, unknown>): string | undefined {
  const { name, arguments: input } = (called ?? {}) as { name?: unknown; arguments?: unknown }
  if (typeof id !== 'string' || id === '') return 'a tool call needs an id'
  if (typeof name !== 'string' || name === '') return 'a tool call needs a name'
  return typeof input === 'string' ? undefined : 'arguments of a tool call must be a text'
}

function wrongContent(role: unknown, content: unknown, hasCalls: boolean): string | undefined {
  if (role === 'assistant' && hasCalls && (content === null || content === undefined)) return undefined
  if (typeof content !== 'string' && !Array.isArray(content)) return 'content must be a text or parts'
  return objects(content).some((part) => typeof part.type !== 'string') ? 'content parts need a type' : undefined
}
