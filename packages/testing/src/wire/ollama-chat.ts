import type { Json, JsonObject, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { inputOf, isTextBlock, type TextBlock, toFragments } from './blocks.ts'
import { jsonEvent, objects, type ServiceError, type Wire, type WireEvent } from './wire.ts'

/** Ollama's `/api/chat`, as the server writes it: lines of JSON. https://docs.ollama.com/api/chat */
export const ollamaChatWire: Wire = {
  name: 'ollama-chat',
  framing: 'ndjson',
  serves: (path) => path.endsWith('/api/chat'),
  wantsStream: (body) => body.stream !== false,
  refuse,
  events,
  whole,
  error,
  errorEvent: (fault) => jsonEvent(error(fault)),
  reasons: ['stop', 'length', 'tool-calls'],
  codes: { 400: 'bad request', 404: 'not found', 500: 'error' },
}

const head = ({ response }: Script) => ({
  model: response.model ?? 'served-model',
  created_at: '2026-01-01T00:00:00.000000Z',
})

const tail = ({ reason, response, usage }: Script) => ({
  done: true,
  done_reason: response.rawReason ?? (reason === 'length' ? 'length' : 'stop'),
  ...counts(usage),
})

const counts = (usage: Usage | undefined) =>
  usage ? { prompt_eval_count: usage.input, eval_count: usage.output, total_duration: 5_000_000 } : {}

const toCall = (block: TextBlock) => ({ id: block.id, function: { name: block.name, arguments: inputOf(block) } })

/** Calls come whole. */
function events(script: Script): WireEvent[] {
  const { fragments } = toFragments(script.content)
  const line = (message: object) =>
    jsonEvent({ ...head(script), message: { role: 'assistant', content: '', ...message }, done: false })
  const lines = fragments.flatMap(({ block, text, last }) => {
    if (!isTextBlock(block)) return []
    if (block.type === 'text') return text === '' ? [] : [line({ content: text })]
    if (block.type === 'reasoning') return text === '' ? [] : [line({ thinking: text })]
    return last ? [line({ tool_calls: [toCall(block)] })] : []
  })
  const end = { ...head(script), message: { role: 'assistant', content: '' }, ...tail(script) }
  return [...lines, jsonEvent(end, undefined, true)]
}

function whole(script: Script): Json {
  const blocks = toFragments(script.content).blocks.filter(isTextBlock)
  const of = (type: TextBlock['type']) => blocks.filter((block) => block.type === type)
  const joined = (type: TextBlock['type']) =>
    of(type)
      .map(({ text }) => text)
      .join('')
  const calls = of('tool-call').map(toCall)
  const message = {
    role: 'assistant',
    content: joined('text'),
    ...(of('reasoning').length > 0 && { thinking: joined('reasoning') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return { ...head(script), message, ...tail(script) } as Json
}

function error({ message }: Required<ServiceError>): Json {
  return { error: message }
}

function refuse(body: JsonObject): string | undefined {
  if (typeof body.model !== 'string') return 'model is required'
  for (const [at, message] of objects(body.messages).entries()) {
    const { role, content, images = [] } = message
    if (!['system', 'user', 'assistant', 'tool'].includes(String(role))) return `messages[${at}]: role ${String(role)}`
    if (typeof content !== 'string') return `messages[${at}]: content must be a text`
    if (!Array.isArray(images) || images.some((image) => typeof image !== 'string' || image.startsWith('data:')))
      return `messages[${at}]: images must be base64`
    const calls = objects(message.tool_calls)
    if (calls.some((call) => typeof (call.function as { arguments?: unknown } | undefined)?.arguments !== 'object'))
      return `messages[${at}]: arguments must be an object`
  }
  return undefined
}
