import type { FilePart, Json, JsonObject, SourcePart, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { type Fragment, isTextBlock, type OtherBlock, type TextBlock, toFragments } from './blocks.ts'
import { jsonEvent, objects, totalOf, type Wire, type WireEvent } from './wire.ts'

/** OpenAI Responses, as the service writes it. https://platform.openai.com/docs/api-reference/responses */
export const openaiResponsesWire: Wire = {
  name: 'openai-responses',
  serves: (path) => path.endsWith('/responses'),
  wantsStream: (body) => body.stream === true,
  refuse,
  events,
  whole: (script) => toResponse(script, toItems(script)) as Json,
  error: ({ message, code }) => ({ error: { message, type: code, param: null, code } }),
  errorEvent: ({ message, code }) =>
    jsonEvent({ type: 'error', code, message, param: null, sequence_number: 0 }, 'error'),
  reasons: ['stop', 'length', 'tool-calls', 'content-filter', 'refusal'],
  codes: {
    400: 'invalid_request_error',
    401: 'invalid_api_key',
    403: 'permission_denied',
    404: 'model_not_found',
    429: 'rate_limit_exceeded',
    500: 'server_error',
  },
}

const incomplete: Readonly<Record<string, string>> = { length: 'max_output_tokens', 'content-filter': 'content_filter' }

function toResponse(script: Script, output: readonly object[]): object {
  const { response, reason, usage } = script
  const why = response.rawReason ?? incomplete[reason]
  return {
    id: response.id ?? 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: why ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: why ? { reason: why } : null,
    model: response.model ?? 'served-model',
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: usage ? toUsage(usage) : null,
  }
}

const toUsage = (usage: Usage) => {
  const { input, output, cacheRead, cacheWrite, reasoning } = usage
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: totalOf(usage),
    input_tokens_details:
      cacheRead === undefined && cacheWrite === undefined
        ? undefined
        : { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens_details: reasoning === undefined ? undefined : { reasoning_tokens: reasoning },
  }
}

const toItems = (script: Script): object[] =>
  toFragments(script.content).blocks.map((block) => toItem(block, script.reason === 'refusal'))

const itemId = ({ type, index }: TextBlock | OtherBlock): string =>
  `${{ text: 'msg', reasoning: 'rs', 'tool-call': 'fc', file: 'ig', 'tool-result': 'tr' }[type]}_${index}`

/** A finished output item. */
function toItem(block: TextBlock | OtherBlock, refusal: boolean): object {
  const id = itemId(block)
  if (!isTextBlock(block)) {
    const { mediaType, data } = block.part as FilePart
    const result = Buffer.from(data).toString('base64')
    return { id, type: 'image_generation_call', status: 'completed', result, output_format: mediaType.split('/')[1] }
  }
  const { type, text, name, signature } = block
  if (type === 'tool-call')
    return { id, type: 'function_call', status: 'completed', call_id: block.id, name, arguments: text }
  if (type === 'reasoning') {
    const summary = text === '' ? [] : [{ type: 'summary_text', text }]
    return { id, type: 'reasoning', summary, ...(signature === undefined ? {} : { encrypted_content: signature }) }
  }
  return { id, type: 'message', status: 'completed', role: 'assistant', content: [toContent(block, refusal)] }
}

const toContent = ({ text, sources }: TextBlock, refusal: boolean) =>
  refusal
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', text, annotations: sources.map(toAnnotation), logprobs: [] }

const toAnnotation = ({ url, title, start, end }: SourcePart) => ({
  type: 'url_citation',
  url,
  title,
  start_index: start ?? 0,
  end_index: end ?? 0,
})

/** What an item looks like before its content. */
const begun = (item: object): object => ({
  ...item,
  ...('status' in item ? { status: 'in_progress' } : {}),
  ...('content' in item ? { content: [] } : {}),
  ...('summary' in item ? { summary: [] } : {}),
  ...('arguments' in item ? { arguments: '' } : {}),
})

function events(script: Script): WireEvent[] {
  const { blocks, fragments } = toFragments(script.content)
  const refusal = script.reason === 'refusal'
  const items = blocks.map((block) => toItem(block, refusal))
  const out: WireEvent[] = []
  const say = (type: string, fields: object, terminal?: boolean) =>
    out.push(jsonEvent({ type, sequence_number: out.length, ...fields }, type, terminal))
  const opening = {
    ...toResponse({ ...script, usage: undefined }, []),
    status: 'in_progress',
    incomplete_details: null,
  }
  say('response.created', { response: opening })
  say('response.in_progress', { response: opening })
  for (const fragment of fragments) {
    const item = items[fragment.block.index] as object
    const at = { item_id: itemId(fragment.block), output_index: fragment.block.index }
    if (fragment.first) {
      say('response.output_item.added', { output_index: at.output_index, item: begun(item) })
      if (fragment.block.type === 'text')
        say('response.content_part.added', { ...at, content_index: 0, part: emptyPart(refusal) })
      if (fragment.block.type === 'reasoning')
        say('response.reasoning_summary_part.added', {
          ...at,
          summary_index: 0,
          part: { type: 'summary_text', text: '' },
        })
    }
    for (const [type, fields] of toDeltas(fragment, refusal)) say(type, { ...at, ...fields })
    if (!fragment.last) continue
    for (const [type, fields] of toDone(fragment.block, refusal)) say(type, { ...at, ...fields })
    say('response.output_item.done', { output_index: at.output_index, item })
  }
  const response = toResponse(script, items) as { status: string }
  say(`response.${response.status}`, { response }, true)
  return out
}

const emptyPart = (refusal: boolean) =>
  refusal ? { type: 'refusal', refusal: '' } : { type: 'output_text', text: '', annotations: [], logprobs: [] }

function toDeltas({ block, text, source }: Fragment, refusal: boolean): [string, object][] {
  if (!isTextBlock(block)) return []
  if (source) {
    const annotation_index = block.sources.indexOf(source)
    return [
      [
        'response.output_text.annotation.added',
        { content_index: 0, annotation_index, annotation: toAnnotation(source) },
      ],
    ]
  }
  if (text === '') return []
  if (block.type === 'tool-call') return [['response.function_call_arguments.delta', { delta: text }]]
  if (block.type === 'reasoning') return [['response.reasoning_summary_text.delta', { summary_index: 0, delta: text }]]
  return refusal
    ? [['response.refusal.delta', { content_index: 0, delta: text }]]
    : [['response.output_text.delta', { content_index: 0, delta: text, logprobs: [] }]]
}

function toDone(block: TextBlock | OtherBlock, refusal: boolean): [string, object][] {
  if (!isTextBlock(block)) return []
  const { type, text, name } = block
  if (type === 'tool-call') return [['response.function_call_arguments.done', { name, arguments: text }]]
  if (type === 'reasoning')
    return [
      ['response.reasoning_summary_text.done', { summary_index: 0, text }],
      ['response.reasoning_summary_part.done', { summary_index: 0, part: { type: 'summary_text', text } }],
    ]
  return [
    refusal
      ? ['response.refusal.done', { content_index: 0, refusal: text }]
      : ['response.output_text.done', { content_index: 0, text, logprobs: [] }],
    ['response.content_part.done', { content_index: 0, part: toContent(block, refusal) }],
  ]
}

/** The rules by which requests are refused in practice: shapes, prefixes of ids, calls and results, reasoning items without what followed them. */
function refuse(body: JsonObject): string | undefined {
  if (typeof body.model !== 'string') return 'model must be a text'
  const tool = objects(body.tools).find((item) => item.type === 'function' && typeof item.name !== 'string')
  if (tool) return 'a function tool needs its name at the top'
  if (typeof body.input === 'string') return undefined
  const items = objects(body.input)
  if (items.length === 0) return 'input must not be empty'
  const calls = new Set<unknown>()
  for (const [at, item] of items.entries()) {
    const problem = wrongItem(item, calls, items[at + 1], body.store === false)
    if (problem) return `input[${at}]: ${problem}`
  }
  return calls.size > 0 ? `No tool output found for function call ${[...calls].join(', ')}` : undefined
}

type Item = Record<string, unknown>

function wrongItem(item: Item, calls: Set<unknown>, next: Item | undefined, unstored: boolean): string | undefined {
  switch (item.type ?? 'message') {
    case 'message':
      return wrongMessage(item)
    case 'function_call':
      calls.add(item.call_id)
      return wrongCall(item)
    case 'function_call_output':
      if (!calls.delete(item.call_id)) return `call_id ${String(item.call_id)} answers no call before it`
      return typeof item.output === 'string' || Array.isArray(item.output)
        ? undefined
        : 'output must be a text or parts'
    case 'reasoning':
      if (!Array.isArray(item.summary)) return 'summary is required'
      if (unstored && typeof item.encrypted_content !== 'string')
        return 'with store: false, encrypted_content is required'
      return next === undefined || next.role === 'user' ? 'reasoning without its required following item' : undefined
    default:
      return undefined
  }
}

function wrongCall({ id, call_id, name, arguments: input }: Item): string | undefined {
  if (id !== undefined && !String(id).startsWith('fc')) return `id ${String(id)} must begin with fc`
  if (typeof call_id !== 'string' || call_id === '' || call_id.length > 64) return 'call_id must have 1 to 64 letters'
  if (typeof name !== 'string' || name === '') return 'name is required'
  return typeof input === 'string' ? undefined : 'arguments must be a text'
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  assistant: ['output_text', 'refusal'],
  user: ['input_text', 'input_image', 'input_file', 'input_audio'],
  system: ['input_text'],
  developer: ['input_text'],
}

function wrongMessage({ id, role, content }: Item): string | undefined {
  const types = allowed[String(role)]
  if (!types) return `role ${String(role)}`
  if (id !== undefined && !String(id).startsWith('msg')) return `id ${String(id)} must begin with msg`
  if (typeof content === 'string') return undefined
  if (!Array.isArray(content)) return 'content must be a text or parts'
  const wrong = objects(content).find((part) => !types.includes(String(part.type)))
  return wrong ? `content type ${String(wrong.type)} is not for ${String(role)}` : undefined
}
