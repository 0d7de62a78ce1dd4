// Four wire formats as their services write them: the events of a streamed answer, and the whole answer.

const noise = (at) => 'aZ3kQ9xWb7Lm'.slice(0, 2 + (at % 9))
const named = (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const unnamed = (value) => `data: ${JSON.stringify(value)}\n\n`

const chatHead = {
  id: 'chatcmpl-C9x2Q7ZbK1mVtYw3sRf0uLd8aHePj',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'gpt-bench',
  service_tier: 'default',
  system_fingerprint: 'fp_4c2851f862',
}
const chatUsage = (count) => ({
  prompt_tokens: 25,
  completion_tokens: count,
  total_tokens: 25 + count,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
})

const chat = {
  serves: (path) => path.endsWith('/chat/completions'),
  *events(texts) {
    const chunk = (delta, at, finish_reason = null) =>
      unnamed({
        ...chatHead,
        choices: [{ index: 0, delta, logprobs: null, finish_reason }],
        usage: null,
        obfuscation: noise(at),
      })
    yield chunk({ role: 'assistant', content: '', refusal: null }, 0)
    for (const [at, content] of texts.entries()) yield chunk({ content }, at)
    yield chunk({}, 0, 'stop')
    yield unnamed({ ...chatHead, choices: [], usage: chatUsage(texts.length), obfuscation: '' })
    yield 'data: [DONE]\n\n'
  },
  whole: (texts) => ({
    ...chatHead,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: texts.join(''), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: chatUsage(texts.length),
  }),
}

const responseOf = (status, output, count) => ({
  id: 'resp_68e5f4a1b2c3d4e5f6',
  object: 'response',
  created_at: 1_790_000_000,
  status,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  model: 'gpt-bench',
  output,
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  service_tier: 'default',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  usage:
    count === undefined
      ? null
      : {
          input_tokens: 25,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: count,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 25 + count,
        },
  user: null,
  metadata: {},
})
const outputText = (text) => ({ type: 'output_text', annotations: [], logprobs: [], text })
const outputMessage = (status, content) => ({ id: 'msg_1', type: 'message', status, content, role: 'assistant' })

const responses = {
  serves: (path) => path.endsWith('/responses'),
  *events(texts) {
    let sequence_number = 0
    const event = (type, fields) => named(type, { sequence_number: sequence_number++, ...fields })
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    const text = texts.join('')
    const done = outputMessage('completed', [outputText(text)])
    yield event('response.created', { response: responseOf('in_progress', []) })
    yield event('response.in_progress', { response: responseOf('in_progress', []) })
    yield event('response.output_item.added', { output_index: 0, item: outputMessage('in_progress', []) })
    yield event('response.content_part.added', { ...place, part: outputText('') })
    for (const [at, delta] of texts.entries())
      yield event('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: noise(at) })
    yield event('response.output_text.done', { ...place, text, logprobs: [] })
    yield event('response.content_part.done', { ...place, part: outputText(text) })
    yield event('response.output_item.done', { output_index: 0, item: done })
    yield event('response.completed', { response: responseOf('completed', [done], texts.length) })
  },
  whole: (texts) => responseOf('completed', [outputMessage('completed', [outputText(texts.join(''))])], texts.length),
}

const messageOf = (content, stop_reason, output_tokens) => ({
  id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  type: 'message',
  role: 'assistant',
  model: 'claude-bench',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens },
})

const messages = {
  serves: (path) => path.endsWith('/messages'),
  *events(texts) {
    yield named('message_start', { message: messageOf([], null, 1) })
    yield named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
    yield named('ping', {})
    for (const text of texts) yield named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
    yield named('content_block_stop', { index: 0 })
    yield named('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: texts.length },
    })
    yield named('message_stop', {})
  },
  whole: (texts) => messageOf([{ type: 'text', text: texts.join('') }], 'end_turn', texts.length),
}

const generated = (text, count, finishReason) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, ...(finishReason ? { finishReason } : {}), index: 0 }],
  usageMetadata: { promptTokenCount: 25, candidatesTokenCount: count, totalTokenCount: 25 + count },
  modelVersion: 'gemini-bench',
  responseId: 'c1Q5Zf6nLcO7mNAPq8',
})

const gemini = {
  serves: (path) => /:(?:streamG|g)enerateContent$/.test(path),
  *events(texts) {
    for (const [at, text] of texts.entries())
      yield unnamed(generated(text, at + 1, at === texts.length - 1 ? 'STOP' : undefined))
  },
  whole: (texts) => generated(texts.join(''), texts.length, 'STOP'),
}

export const wires = { chat, responses, messages, gemini }
