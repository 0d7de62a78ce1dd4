import type { FinishReason, Part } from '../../contract/part.ts'
import { addUsage, type Usage } from '../../contract/usage.ts'
import { type Encoder, OpenCalls } from './encoder.ts'

const reasons: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'end_turn',
  'content-filter': 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  other: 'end_turn',
}

const event = (value: { type: string; [key: string]: unknown }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

/**
 * Anthropic Messages events, for clients that know them. Steps become one answer; tool calls that were answered on the way stay inside, open ones come at the end.
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function anthropicEncoder({
  id = `msg_${crypto.randomUUID().replaceAll('-', '')}`,
  model = 'anymodel',
} = {}): Encoder {
  const calls = new OpenCalls()
  let index = -1
  let open: 'text' | 'thinking' | undefined
  let reason: FinishReason = 'stop'
  let usage: Usage = {}

  const close = () => {
    if (!open) return ''
    open = undefined
    return event({ type: 'content_block_stop', index })
  }
  const fragment = (type: 'text' | 'thinking', text: string) => {
    let out = ''
    if (open !== type) {
      out = close()
      open = type
      index++
      out += event({
        type: 'content_block_start',
        index,
        content_block: type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' },
      })
    }
    const delta = type === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text }
    return out + event({ type: 'content_block_delta', index, delta })
  }

  return {
    contentType: 'text/event-stream; charset=utf-8',
    start: () =>
      event({
        type: 'message_start',
        message: {
          id,
          type: 'message',
          role: 'assistant',
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      }),
    part(part: Part) {
      calls.add(part)
      if (part.type === 'text' && part.text !== '') return fragment('text', part.text)
      if (part.type === 'reasoning' && part.text !== '') return fragment('thinking', part.text)
      if (part.type === 'finish') {
        reason = part.reason
        usage = addUsage(usage, part.usage)
      }
      return ''
    },
    end() {
      let out = close()
      const left = calls.open()
      for (const call of left) {
        index++
        out += event({
          type: 'content_block_start',
          index,
          content_block: { type: 'tool_use', id: call.id, name: call.name, input: {} },
        })
        out += event({
          type: 'content_block_delta',
          index,
          delta: { type: 'input_json_delta', partial_json: call.input || '{}' },
        })
        out += event({ type: 'content_block_stop', index })
      }
      const stop_reason = left.length > 0 ? 'tool_use' : reasons[reason]
      return `${out}${event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: toUsage(usage) })}${event({ type: 'message_stop' })}`
    },
    error: (message) => close() + event({ type: 'error', error: { type: 'api_error', message } }),
  }
}

/** Theirs counts cached input apart. */
function toUsage({ input = 0, output = 0, cacheRead, cacheWrite }: Usage): object {
  return {
    input_tokens: input - (cacheRead ?? 0) - (cacheWrite ?? 0),
    output_tokens: output,
    ...(cacheRead === undefined ? {} : { cache_read_input_tokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cache_creation_input_tokens: cacheWrite }),
  }
}
