import {
  AnyModelError,
  type ErrorCode,
  type FinishReason,
  type Json,
  type JsonObject,
  type Usage,
} from '@anymodel/core'
import type { Decoder, ReplyContext } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { requestId } from '../../request-id.ts'
import type {
  ChatCitation,
  ChatContentPart,
  ChatExecutedTool,
  ChatMessage,
  ChatReasoningDetail,
  ChatResponse,
  ChatToolCall,
  ChatUsage,
} from './wire.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
  refusal: 'refusal',
}

/** Groq: the model wrote a tool call or JSON that can't be read. Asked again it may do better. */
export const errorCodes: Readonly<Record<string, ErrorCode>> = {
  tool_use_failed: 'malformed',
  json_validate_failed: 'malformed',
}

/** Finish reasons that mean that the answer broke off. */
const brokenOff: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource'])

/** How sounds begin; raw samples (`audio/pcm`) begin with anything. */
const audioTypes: readonly (readonly [string, string])[] = [
  ['RIFF', 'audio/wav'],
  ['OggS', 'audio/ogg'],
  ['fLaC', 'audio/flac'],
  ['ID3', 'audio/mpeg'],
  ['\xff\xfb', 'audio/mpeg'],
]

/** Chat Completions, streamed or whole, as parts. */
export class ChatDecoder implements Decoder {
  readonly #context: ReplyContext
  #id: string | undefined
  #model: string | undefined
  #reason: string | undefined
  #usage: ChatUsage | undefined
  #refused = false
  #calls: { index: number | undefined; id: string; name: string }[] = []
  #logprobs: object[] | undefined
  #sources = new Set<string>()
  #reasoningDetails: ChatReasoningDetail[] | undefined
  #executed = new Set<string>()
  #audio: Buffer[] = []
  #reasoned = false
  #details: Record<string, Json> = {}

  constructor(context: ReplyContext) {
    this.#context = context
  }

  get settled(): boolean {
    return this.#reason !== undefined
  }

  get usage(): Usage | undefined {
    return this.#usage && toUsage(this.#usage)
  }

  event(value: JsonObject, name: string | undefined): void {
    if (name === 'error') throw this.#error(value)
    this.#read(value as ChatResponse)
  }

  whole(value: unknown): void {
    const body = value as ChatResponse
    if (!Array.isArray(body.choices) && body.error === undefined) {
      throw Array.isArray(value) || !('id' in (value as object))
        ? this.#error(value)
        : new AnyModelError('malformed', 'The answer has no choices.')
    }
    this.#read(body)
  }

  end(done: boolean): void {
    const { out, provider, model, headers } = this.#context
    if (this.#reason === undefined && !done)
      throw new AnyModelError('truncated', `${provider}/${model}: the stream ended before the answer did.`)
    this.#closeReasoning()
    if (this.#audio.length > 0) this.#file(Buffer.concat(this.#audio))
    const mapped = this.#reason === undefined ? 'stop' : (finishReasons[this.#reason] ?? 'other')
    const reason = this.#refused ? 'refusal' : this.#calls.length > 0 && mapped === 'stop' ? 'tool-calls' : mapped
    if (this.#logprobs) this.#details.logprobs = this.#logprobs as unknown as Json
    out.push({
      type: 'finish',
      reason,
      usage: toUsage(this.#usage),
      response: {
        provider,
        model: this.#model ?? model,
        id: this.#id,
        requestId: requestId(headers),
        headers,
        rawReason: this.#reason,
        details: this.#details,
      },
    })
  }

  #read(chunk: ChatResponse): void {
    if (chunk.id) this.#id ??= chunk.id
    if (chunk.model) this.#model ??= chunk.model
    const usage = chunk.usage ?? chunk.x_groq?.usage
    if (usage) this.#usage = usage
    if (chunk.service_tier) this.#details.serviceTier = chunk.service_tier
    for (const choice of chunk.choices ?? []) {
      // With `n` above 1 (through `extra`) choices interleave: the first one is the answer.
      if ((choice.index ?? 0) !== 0) continue
      const message = choice.delta ?? choice.message
      if (message) this.#message(message)
      else if (choice.text) this.#text(choice.text)
      if (choice.logprobs?.content) (this.#logprobs ??= []).push(...choice.logprobs.content)
      if (choice.finish_reason) this.#reason = choice.finish_reason
    }
    if (chunk.citations || chunk.search_results) this.#cited(chunk)
    if (chunk.error || (this.#reason !== undefined && brokenOff.has(this.#reason)))
      throw this.#error(
        chunk.error
          ? chunk
          : { error: { message: `The service broke the answer off (${this.#reason}).`, code: 'server_error' } },
      )
  }

  #message(message: ChatMessage): void {
    const reasoning = message.reasoning_content ?? message.reasoning
    if (reasoning) this.#reasoning(reasoning)
    if (message.reasoning_details) for (const detail of message.reasoning_details) this.#detail(detail, !reasoning)
    if (message.executed_tools) for (const tool of message.executed_tools) this.#executedTool(tool)
    if (typeof message.content === 'string') this.#text(message.content)
    else if (message.content) for (const part of message.content) this.#contentPart(part)
    if (message.refusal) {
      this.#refused = true
      this.#text(message.refusal)
    }
    if (message.tool_calls) for (const call of message.tool_calls) this.#toolCall(call)
    if (message.function_call) this.#toolCall({ index: 0, function: message.function_call })
    if (message.annotations)
      for (const { url_citation } of message.annotations) if (url_citation) this.#source(url_citation)
    if (message.audio) this.#sound(message.audio)
    if (message.images) for (const image of message.images) this.#image(image.image_url?.url)
  }

  #text(text: string): void {
    if (text === '') return
    if (this.#reasoned) this.#closeReasoning()
    this.#context.out.push({ type: 'text', text })
  }

  #reasoning(text: string): void {
    if (text === '') return
    this.#reasoned = true
    this.#context.out.push({ type: 'reasoning', text })
  }

  /** Fragments of one text become one detail again. */
  #detail(detail: ChatReasoningDetail, readable: boolean): void {
    if (readable) this.#reasoning(detail.text ?? detail.summary ?? '')
    this.#reasoningDetails ??= []
    const last = this.#reasoningDetails.at(-1)
    if (!last || last.type !== detail.type || last.index !== detail.index || last.signature) {
      this.#reasoningDetails.push({ ...detail })
      return
    }
    const { text, summary, ...rest } = detail
    if (text) last.text = (last.text ?? '') + text
    if (summary) last.summary = (last.summary ?? '') + summary
    for (const [key, value] of Object.entries(rest)) if (value != null) Object.assign(last, { [key]: value })
  }

  /** Groq sends a tool when it starts and again when it is done. */
  #executedTool({
    index = 0,
    type = 'tool',
    name,
    arguments: input = '',
    output,
    search_results,
  }: ChatExecutedTool): void {
    const tool = { id: `${this.#id ?? 'call'}-executed-${index}`, name: name ?? type, byProvider: true }
    if (!this.#executed.has(tool.id)) this.#context.out.push({ type: 'tool-call', ...tool, input })
    this.#executed.add(tool.id)
    if (output == null) return
    this.#context.out.push({ type: 'tool-result', ...tool, output })
    for (const { url, title, content } of search_results?.results ?? [])
      this.#source({ ...(url ? { url } : {}), ...(title ? { title } : {}), ...(content ? { content } : {}) })
  }

  /** What the service may want back rides on the end of the reasoning block. */
  #closeReasoning(): void {
    if (!this.#reasoned && !this.#reasoningDetails) return
    const data = (this.#reasoningDetails ?? []) as unknown as Json
    this.#context.out.push({ type: 'reasoning', text: '', opaque: { provider: this.#context.provider, data } })
    this.#reasoned = false
    this.#reasoningDetails = undefined
  }

  /** Mistral sends arrays of parts where others send text. */
  #contentPart(part: ChatContentPart): void {
    if (part.type === 'text' && part.text) this.#text(part.text)
    else if (part.type === 'image_url') this.#image(part.image_url?.url)
    else if (part.type === 'thinking')
      for (const piece of part.thinking ?? []) if (piece.text) this.#reasoning(piece.text)
  }

  /** Fragments belong together by index; a new id at a known index is a new call, for servers that number every call 0. */
  #toolCall(wire: ChatToolCall): void {
    if (this.#reasoned) this.#closeReasoning()
    const index = wire.index ?? undefined
    const id = wire.id || undefined
    const name = wire.function?.name ?? wire.custom?.name ?? ''
    const known =
      id !== undefined
        ? this.#calls.find((call) => call.id === id)
        : this.#calls.findLast((call) => index === undefined || call.index === index)
    let call = known
    if (!call || (id === undefined && name !== '' && index === undefined && call.name !== '')) {
      call = { index, id: id ?? `${this.#id ?? 'call'}-${this.#calls.length}`, name }
      this.#calls.push(call)
    } else if (call.name === '' && name !== '') call.name = name
    const raw = wire.function?.arguments ?? wire.custom?.input ?? ''
    const input = typeof raw === 'string' ? raw : JSON.stringify(raw)
    const opaque = wire.extra_content
      ? { opaque: { provider: this.#context.provider, data: { extra_content: wire.extra_content } as unknown as Json } }
      : {}
    this.#context.out.push({ type: 'tool-call', id: call.id, name: call.name, input, ...opaque })
  }

  #source({ url, title, content, start_index, end_index }: ChatCitation): void {
    this.#context.out.push({
      type: 'source',
      ...(url === undefined ? {} : { url }),
      ...(title === undefined ? {} : { title }),
      ...(content === undefined ? {} : { quote: content }),
      ...(start_index === undefined ? {} : { start: start_index }),
      ...(end_index === undefined ? {} : { end: end_index }),
    })
  }

  /** Perplexity repeats all its sources with every chunk. */
  #cited({ citations, search_results }: ChatResponse): void {
    const found = search_results ?? (citations ?? []).map((url) => ({ url }))
    for (const { url, title } of found as { url?: string; title?: string }[]) {
      if (url === undefined || this.#sources.has(url)) continue
      this.#sources.add(url)
      this.#source({ url, ...(title === undefined ? {} : { title }) })
    }
  }

  /** In streams the sound comes in pieces between the words: it is handed on as one file at the end. */
  #sound({ data, transcript }: NonNullable<ChatMessage['audio']>): void {
    if (transcript) this.#text(transcript)
    if (data) this.#audio.push(Buffer.from(data, 'base64'))
  }

  /** Which format was asked for the answer does not say; raw samples have no header. */
  #file(data: Buffer): void {
    const begins = data.toString('latin1', 0, 4)
    const mediaType = audioTypes.find(([start]) => begins.startsWith(start))?.[1] ?? 'audio/pcm'
    this.#context.out.push({ type: 'file', mediaType, data })
  }

  #image(given: string | null | undefined): void {
    const url = given ?? ''
    const [head, mediaType = ''] = /^data:([^;,]*)[^,]*;base64,/.exec(url) ?? []
    if (head) {
      const data = Buffer.from(url.slice(head.length), 'base64')
      this.#context.out.push({ type: 'file', mediaType, data })
    } else if (url) {
      const message = `The answer has a picture as a link, which was not fetched: ${url.slice(0, 500)}`
      this.#context.out.push({ type: 'notice', kind: 'warning', message, warning: { option: 'files', message } })
    }
  }

  #error(body: unknown): Reported {
    const { provider, model, headers } = this.#context
    return new Reported({ provider, model, headers, body })
  }
}

function toUsage(usage: ChatUsage | undefined): Usage {
  if (!usage) return {}
  const {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    prompt_tokens_details: prompt,
    completion_tokens_details: completion,
  } = usage
  return {
    input: prompt_tokens ?? undefined,
    output: completion_tokens ?? undefined,
    total: total_tokens ?? undefined,
    cacheRead:
      prompt?.cached_tokens ??
      usage.prompt_cache_hit_tokens ??
      usage.cached_tokens ??
      usage.num_cached_tokens ??
      undefined,
    cacheWrite: prompt?.cache_write_tokens ?? undefined,
    reasoning: completion?.reasoning_tokens ?? undefined,
    raw: usage as unknown as Json,
  }
}
