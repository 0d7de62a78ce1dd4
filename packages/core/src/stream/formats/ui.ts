import type { Part } from '../../contract/part.ts'
import { data, dataUrl, type Encoder } from './encoder.ts'

/** The UI message stream, version 1, that `useChat` of @ai-sdk/react reads. https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol */
export function uiEncoder({ messageId = crypto.randomUUID() } = {}): Encoder {
  let block: { type: 'text' | 'reasoning'; id: string } | undefined
  let blocks = 0
  let sources = 0
  let inStep = false
  /** Calls of the step whose input is still coming, with what came. */
  const inputs = new Map<string, { name: string; input: string; byProvider: boolean }>()

  const openStep = () => {
    if (inStep) return ''
    inStep = true
    return data({ type: 'start-step' })
  }
  const closeBlock = () => {
    if (!block) return ''
    const out = data({ type: `${block.type}-end`, id: block.id })
    block = undefined
    return out
  }
  const fragment = (type: 'text' | 'reasoning', text: string, ends: boolean) => {
    let out = ''
    if (text !== '') {
      if (block?.type !== type) {
        out += closeBlock()
        block = { type, id: String(blocks++) }
        out += data({ type: `${type}-start`, id: block.id })
      }
      out += data({ type: `${type}-delta`, id: block.id, delta: text })
    }
    return ends && block?.type === type ? out + closeBlock() : out
  }
  const toolCall = ({ id, name, input, byProvider }: Extract<Part, { type: 'tool-call' }>) => {
    let out = ''
    let known = inputs.get(id)
    if (!known) {
      known = { name, input: '', byProvider: byProvider ?? false }
      inputs.set(id, known)
      out = data({
        type: 'tool-input-start',
        toolCallId: id,
        toolName: name,

        ...(byProvider ? { providerExecuted: true } : {}),
      })
    }
    known.input += input
    return input === '' ? out : out + data({ type: 'tool-input-delta', toolCallId: id, inputTextDelta: input })
  }
  const inputDone = (id: string) => {
    const call = inputs.get(id)
    if (!call) return ''
    inputs.delete(id)
    const { name, input, byProvider } = call
    return data({
      type: 'tool-input-available',
      toolCallId: id,
      toolName: name,
      input: parsed(input),

      ...(byProvider ? { providerExecuted: true } : {}),
    })
  }
  const toolResult = ({ id, output, isError, byProvider }: Extract<Part, { type: 'tool-result' }>) => {
    const executed = byProvider ? { providerExecuted: true } : {}
    const result = isError
      ? data({
          type: 'tool-output-error',
          toolCallId: id,
          errorText: typeof output === 'string' ? output : JSON.stringify(output),

          ...executed,
        })
      : data({ type: 'tool-output-available', toolCallId: id, output: output ?? null, ...executed })
    return inputDone(id) + result
  }

  const encode = (part: Part): string => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return fragment(part.type, part.text, part.opaque !== undefined)
      case 'tool-call':
        return closeBlock() + toolCall(part)
      case 'tool-result':
        return closeBlock() + toolResult(part)
      case 'source':
        return part.url === undefined
          ? ''
          : data({
              type: 'source-url',
              sourceId: String(sources++),
              url: part.url,
              ...(part.title === undefined ? {} : { title: part.title }),
            })
      case 'file':
        return closeBlock() + data({ type: 'file', url: dataUrl(part.mediaType, part.data), mediaType: part.mediaType })
      case 'finish':
        // The results of this step's tools still belong to it: the step ends with the next one, or with the message.
        return closeBlock() + [...inputs.keys()].map(inputDone).join('')
      case 'notice':
        return ''
    }
  }

  let finished = false
  const closeStep = () => {
    if (!inStep) return ''
    inStep = false
    return closeBlock() + data({ type: 'finish-step' })
  }
  return {
    contentType: 'text/event-stream',
    headers: { 'x-vercel-ai-ui-message-stream': 'v1', 'x-accel-buffering': 'no' },
    start: () => data({ type: 'start', messageId }),
    part(part) {
      if (part.type === 'notice') return ''
      const next = finished && part.type !== 'tool-result' ? closeStep() : ''
      finished = part.type === 'finish' || (finished && part.type === 'tool-result')
      return next + openStep() + encode(part)
    },
    end: () => `${closeStep()}${data({ type: 'finish' })}data: [DONE]\n\n`,
    error: (message) => `${closeBlock()}${data({ type: 'error', errorText: message })}data: [DONE]\n\n`,
  }
}

/** An input that is not JSON (the model's mistake) is shown as it stands. */
function parsed(input: string): unknown {
  if (input.trim() === '') return {}
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}
