import type { FinishReason, Part } from '../../contract/part.ts'
import type { Usage } from '../../contract/usage.ts'
import { addUsage } from '../../contract/usage.ts'
import { data, type Encoder, OpenCalls } from './encoder.ts'

const reasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'stop',
  pause: 'stop',
  other: 'stop',
}

/**
 * OpenAI Chat Completions chunks, for clients that know them. Steps become one answer; tool calls that were answered on the way stay inside, open ones come at the end.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function openaiEncoder({
  id = `chatcmpl-${crypto.randomUUID()}`,
  model = 'anymodel',
  now = Date.now(),
} = {}): Encoder {
  const calls = new OpenCalls()
  let finish: Extract<Part, { type: 'finish' }> | undefined
  let usage: Usage = {}
  const chunk = (delta: object, finishReason: string | null = null, more: object = {}) =>
    data({
      id,
      object: 'chat.completion.chunk',
      created: Math.floor(now / 1000),
      model: finish?.response.model ?? model,
      choices: [{ index: 0, delta, finish_reason: finishReason }],
      ...more,
    })
  return {
    contentType: 'text/event-stream; charset=utf-8',
    start: () => chunk({ role: 'assistant', content: '' }),
    part(part) {
      calls.add(part)
      if (part.type === 'text' && part.text !== '') return chunk({ content: part.text })
      if (part.type === 'reasoning' && part.text !== '') return chunk({ reasoning_content: part.text })
      if (part.type === 'finish') {
        finish = part
        usage = addUsage(usage, part.usage)
      }
      return ''
    },
    end() {
      const open = calls.open()
      const toolCalls = open.map((call, index) => ({
        index,
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: call.input || '{}' },
      }))
      const reason =
        open.length > 0 ? 'tool_calls' : reasons[finish?.reason === 'tool-calls' ? 'stop' : (finish?.reason ?? 'stop')]
      return `${open.length > 0 ? chunk({ tool_calls: toolCalls }) : ''}${chunk({}, reason, { usage: toUsage(usage) })}data: [DONE]\n\n`
    },
    error: (message) =>
      `${data({ error: { message, type: 'server_error', param: null, code: null } })}data: [DONE]\n\n`,
  }
}

function toUsage({ input, output, total, cacheRead, reasoning }: Usage): object | null {
  if (input === undefined && output === undefined) return null
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total ?? (input ?? 0) + (output ?? 0),
    ...(cacheRead === undefined ? {} : { prompt_tokens_details: { cached_tokens: cacheRead } }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
