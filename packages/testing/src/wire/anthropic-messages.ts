import type { Json, JsonObject, SourcePart, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { type Fragment, inputOf, isTextBlock, type TextBlock, toFragments } from './blocks.ts'
import { jsonEvent, objects, type ServiceError, type Wire, type WireEvent } from './wire.ts'

const reasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  pause: 'pause_turn',
}

/** Anthropic Messages, as the service writes it. https://docs.claude.com/en/api/messages */
export const anthropicMessagesWire: Wire = {
  name: 'anthropic-messages',
  serves: (path) => path.endsWith('/messages'),
  wantsStream: (body) => body.stream === true,
  refuse,
  events,
  whole,
  error,
  errorEvent: (fault) => jsonEvent(error(fault), 'error'),
  reasons: ['stop', 'length', 'tool-calls', 'refusal', 'pause'],
  codes: {
    400: 'invalid_request_error',
    401: 'authentication_error',
    403: 'permission_error',
    404: 'not_found_error',
    429: 'rate_limit_error',
    500: 'api_error',
    529: 'overloaded_error',
  },
}

const reasonOf = ({ reason, response }: Script): string => response.rawReason ?? reasons[reason] ?? reason

const head = ({ response }: Script) => ({
  id: response.id ?? 'msg_1',
  type: 'message',
  role: 'assistant',
  model: response.model ?? 'served-model',
})

/** `input_tokens` leaves out what came from the cache or went into it. */
function toInputUsage({ input, cacheRead, cacheWrite }: Usage): object {
  return {
    ...(input === undefined ? {} : { input_tokens: input - (cacheRead ?? 0) - (cacheWrite ?? 0) }),
    ...(cacheRead === undefined ? {} : { cache_read_input_tokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cache_creation_input_tokens: cacheWrite }),
  }
}

const toOutputUsage = ({ output, reasoning }: Usage) => ({
  ...(output === undefined ? {} : { output_tokens: output }),
  ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
})

function events(script: Script): WireEvent[] {
  const { fragments } = toFragments(script.content)
  const { usage } = script
  const say = (type: string, fields: object, terminal?: boolean) => jsonEvent({ type, ...fields }, type, terminal)
  const message = {
    ...head(script),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(usage
      ? { usage: { ...toInputUsage(usage), ...(usage.output === undefined ? {} : { output_tokens: 1 }) } }
      : {}),
  }
  const delta = { stop_reason: reasonOf(script), stop_sequence: null }
  return [
    say('message_start', { message }),
    say('ping', {}),
    ...fragments.flatMap((fragment) => fragmentEvents(fragment, say)),
    say('message_delta', { delta, ...(usage ? { usage: toOutputUsage(usage) } : {}) }, true),
    say('message_stop', {}, true),
  ]
}

function fragmentEvents(fragment: Fragment, say: (type: string, fields: object) => WireEvent): WireEvent[] {
  const { block, first, last } = fragment
  const { index } = block
  if (!isTextBlock(block)) return []
  return [
    ...(first ? [say('content_block_start', { index, content_block: begun(block) })] : []),
    ...toDeltas(fragment, block).map((delta) => say('content_block_delta', { index, delta })),
    ...(last ? [say('content_block_stop', { index })] : []),
  ]
}

function begun({ type, id, name, sources }: TextBlock): object {
  if (type === 'tool-call') return { type: 'tool_use', id, name, input: {} }
  if (type === 'reasoning') return { type: 'thinking', thinking: '', signature: '' }
  return { type: 'text', text: '', ...(sources.length > 0 ? { citations: [] } : {}) }
}

function toDeltas({ text, source, first, last }: Fragment, block: TextBlock): object[] {
  if (source) return [{ type: 'citations_delta', citation: toCitation(source) }]
  if (block.type === 'text') return text === '' ? [] : [{ type: 'text_delta', text }]
  if (block.type === 'tool-call') {
    const delta = { type: 'input_json_delta', partial_json: text }
    return first && text !== '' ? [{ type: 'input_json_delta', partial_json: '' }, delta] : [delta]
  }
  const thinking = text === '' ? [] : [{ type: 'thinking_delta', thinking: text }]
  return last ? [...thinking, { type: 'signature_delta', signature: block.signature ?? '' }] : thinking
}

const toCitation = ({ url, title, quote }: SourcePart) => ({
  type: 'web_search_result_location',
  url,
  title,
  cited_text: quote ?? '',
  encrypted_index: 'e',
})

function whole(script: Script): Json {
  const { usage } = script
  return {
    ...head(script),
    content: toFragments(script.content).blocks.filter(isTextBlock).map(toBlock),
    stop_reason: reasonOf(script),
    stop_sequence: null,
    ...(usage ? { usage: { ...toInputUsage(usage), ...toOutputUsage(usage) } } : {}),
  } as Json
}

function toBlock(block: TextBlock): object {
  const { type, id, name, text, signature, sources } = block
  if (type === 'tool-call') return { type: 'tool_use', id, name, input: inputOf(block) }
  if (type === 'reasoning') return { type: 'thinking', thinking: text, signature: signature ?? '' }
  return { type: 'text', text, ...(sources.length > 0 ? { citations: sources.map(toCitation) } : {}) }
}

function error({ message, code }: Required<ServiceError>): Json {
  return { type: 'error', error: { type: code, message }, request_id: 'req_body' }
}

type Block = Record<string, unknown>

/** The rules by which requests are refused in practice: required fields, roles, empty texts, calls and results, unsigned thinking. */
function refuse(body: JsonObject): string | undefined {
  if (typeof body.model !== 'string') return 'model is required'
  if (typeof body.max_tokens !== 'number') return 'max_tokens is required'
  const messages = objects(body.messages)
  if (messages.length === 0) return 'messages must not be empty'
  let open: unknown[] = []
  for (const [at, { role, content }] of messages.entries()) {
    if (role !== 'user' && role !== 'assistant') return `messages.${at}.role: ${String(role)}`
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objects(content)
    const problem = wrongBlocks(blocks, role) ?? wrongResults(blocks, open)
    if (problem) return `messages.${at}: ${problem}`
    open = role === 'assistant' ? blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id) : []
  }
  if (open.length > 0) return `tool_use ids without tool_result: ${open.join(', ')}`
  const last = messages.at(-1) as Block
  const end = typeof last.content === 'string' ? last.content : objects(last.content).at(-1)?.text
  if (last.role === 'assistant' && typeof end === 'string' && end !== end.trimEnd())
    return 'final assistant content cannot end with trailing whitespace'
  return objects(body.tools).some((tool) => typeof tool.name !== 'string') ? 'tools need a name' : undefined
}

function wrongBlocks(blocks: readonly Block[], role: string): string | undefined {
  if (blocks.length === 0) return 'content must not be empty'
  for (const { type, text, id, input, signature, tool_use_id } of blocks) {
    if (type === 'text' && (typeof text !== 'string' || text.trim() === ''))
      return 'text content blocks must be non-empty'
    if (type === 'tool_use' && !/^[a-zA-Z0-9_-]+$/.test(String(id)))
      return `tool_use.id ${String(id)} does not match the pattern`
    if (type === 'tool_use' && (typeof input !== 'object' || input === null)) return 'tool_use.input must be an object'
    if (type === 'thinking' && !signature) return 'thinking blocks need their signature'
    if (type === 'thinking' && role !== 'assistant') return 'thinking blocks are for assistant messages'
    if (type === 'tool_result' && !/^[a-zA-Z0-9_-]+$/.test(String(tool_use_id)))
      return 'tool_use_id does not match the pattern'
  }
  const thinking = blocks.findLastIndex(({ type }) => type === 'thinking')
  const other = blocks.findIndex(({ type }) => type === 'tool_use')
  return other >= 0 && thinking > other ? 'thinking must stand before tool_use' : undefined
}

function wrongResults(blocks: readonly Block[], open: readonly unknown[]): string | undefined {
  const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id }) => tool_use_id)
  const unanswered = open.filter((id) => !results.includes(id))
  if (unanswered.length > 0) return `tool_use ids without tool_result right after: ${unanswered.join(', ')}`
  const unknown = results.filter((id) => !open.includes(id))
  if (unknown.length > 0) return `unexpected tool_use_id: ${unknown.join(', ')}`
  const first = blocks.findIndex(({ type }) => type !== 'tool_result')
  const last = blocks.findLastIndex(({ type }) => type === 'tool_result')
  return first >= 0 && last > first ? 'tool_result blocks must come first' : undefined
}
