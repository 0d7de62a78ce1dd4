import { AnyModelError, type FinishReason, type Json, type JsonObject, type Opaque, type Usage } from '@anymodel/core'
import type { Decoder, ReplyContext } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { requestId } from '../../request-id.ts'
import type { WireBlock, WireCitation, WireDelta, WireEnd, WireEvent, WireMessage, WireUsage } from './wire.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  compaction: 'pause',
  refusal: 'refusal',
}

/** A block of the answer while it is being written. */
interface OpenBlock {
  /** As it was announced, with what came later and has to go back added. */
  readonly block: WireBlock
  /** True once a fragment of its text or input was passed on. */
  streamed: boolean
  /** Something came for it that we do not know, so it can't be put together again. */
  unknown?: true
}

/** Anthropic Messages, streamed or whole, as parts. What the service wants back of a block rides on its last part. */
export class MessagesDecoder implements Decoder {
  readonly #context: ReplyContext
  readonly #blocks = new Map<number | undefined, OpenBlock>()
  #message: WireMessage = {}
  #usage: WireUsage | undefined
  #end: WireEnd = {}
  #over = false
  #called = false
  /** Names of the tools that the service runs, by id of the call. */
  readonly #hosted = new Map<string, string>()
  /** A block of text was closed and nothing has come since. */
  #afterText = false
  #details: Record<string, Json> = {}

  constructor(context: ReplyContext) {
    this.#context = context
  }

  get settled(): boolean {
    return this.#over || Boolean(this.#end.stop_reason)
  }

  get usage(): Usage | undefined {
    return this.#usage && toUsage(this.#usage)
  }

  event(value: JsonObject, name: string | undefined): void {
    const event = value as WireEvent
    switch (event.type) {
      case 'content_block_delta':
        return this.#delta(this.#blocks.get(event.index) ?? this.#guess(event), event.delta ?? {})
      case 'content_block_start':
        if (event.content_block) this.#start(event.index, event.content_block)
        return
      case 'content_block_stop':
        return this.#stop(event.index)
      case 'message_start':
        if (event.message) this.#head(event.message)
        return
      case 'message_delta':
        return this.#ending(event.delta ?? {}, event)
      case 'message_stop':
        this.#over = true
        return
      case 'ping':
        this.#context.out.push({ type: 'notice', kind: 'alive', message: 'The service is still working.' })
        return
      default:
        if (event.type === 'error' || name === 'error' || event.error) throw this.#error(value)
    }
  }

  whole(value: unknown): void {
    const body = value as WireMessage
    if (!Array.isArray(body.content)) {
      throw body.error || body.id === undefined
        ? this.#error(value)
        : new AnyModelError('malformed', 'The answer has no content.')
    }
    this.#head(body)
    for (const [index, block] of body.content.entries()) {
      this.#start(index, block)
      this.#stop(index)
    }
    this.#ending(body, body)
    this.#over = true
  }

  end(done: boolean): void {
    const { out, provider, model, headers } = this.#context
    const rawReason = this.#end.stop_reason ?? undefined
    if (rawReason === undefined && !this.#over && !done)
      throw new AnyModelError('truncated', `${provider}/${model}: the stream ended before the answer did.`)
    const mapped = rawReason === undefined ? 'stop' : (finishReasons[rawReason] ?? 'other')
    out.push({
      type: 'finish',
      reason: mapped === 'stop' && this.#called ? 'tool-calls' : mapped,
      usage: toUsage(this.#usage),
      response: {
        provider,
        model: this.#message.model ?? model,
        id: this.#message.id,
        requestId: requestId(headers),
        headers,
        rawReason,
        details: this.#details,
      },
    })
  }

  #head(message: WireMessage): void {
    this.#message = message
    this.#count(message.usage)
  }

  /** Counts are totals up to now, and events leave out the ones that did not change. */
  #count(usage: WireUsage | null | undefined): void {
    if (!usage) return
    const known = Object.entries(usage).filter(([, value]) => value !== null && value !== undefined)
    this.#usage = { ...this.#usage, ...Object.fromEntries(known) }
    if (usage.service_tier) this.#details.serviceTier = usage.service_tier
  }

  #ending(end: WireEnd, { usage, context_management }: Pick<WireEvent, 'usage' | 'context_management'>): void {
    this.#end = { ...this.#end, ...end }
    this.#count(usage)
    const { stop_sequence, stop_details, container } = end
    const details = {
      stopSequence: stop_sequence,
      stopDetails: stop_details,
      container,
      contextManagement: context_management,
    }
    for (const [name, value] of Object.entries(details)) if (value) this.#details[name] = value as Json
  }

  #start(index: number | undefined, block: WireBlock): void {
    const { out } = this.#context
    // Texts without anything between them are blocks of their own only where one of them has citations.
    if (block.type === 'text' && this.#afterText)
      out.push({ type: 'text', text: '', opaque: this.#opaque({ type: 'text' }) })
    this.#afterText = false
    const open: OpenBlock = { block: { ...block }, streamed: false }
    this.#blocks.set(index, open)
    if (block.type === 'text') {
      this.#text(open, block.text)
      open.block.citations = []
      for (const citation of block.citations ?? []) this.#cite(open, citation)
    } else if (block.type === 'thinking') this.#thinking(open, block.thinking)
    else if (isCall(block)) this.#input(open, '')
  }

  /** Servers that imitate the format may leave out the announcement. */
  #guess({ index, delta }: WireEvent): OpenBlock {
    const type = delta?.type === 'thinking_delta' ? 'thinking' : 'text'
    this.#start(index, { type })
    return this.#blocks.get(index) as OpenBlock
  }

  #delta(open: OpenBlock, delta: WireDelta): void {
    switch (delta.type) {
      case 'text_delta':
        return this.#text(open, delta.text)
      case 'input_json_delta':
        if (delta.partial_json !== '') this.#input(open, delta.partial_json as string)
        return
      case 'thinking_delta':
        return this.#thinking(open, delta.thinking)
      case 'signature_delta':
        open.block.signature = (open.block.signature ?? '') + (delta.signature ?? '')
        return
      case 'citations_delta':
        if (delta.citation) this.#cite(open, delta.citation)
        return
      case 'compaction_delta':
        open.block.content = `${open.block.content ?? ''}${delta.content ?? ''}`
        return
      default:
        open.unknown = true
    }
  }

  #stop(index: number | undefined): void {
    const open = this.#blocks.get(index)
    if (!open) return
    this.#blocks.delete(index)
    const { block } = open
    if (block.type === 'text') this.#closeText(open)
    else if (block.type === 'thinking') this.#closeThinking(block)
    else if (isCall(block)) this.#closeCall(open)
    else if (typeof block.tool_use_id === 'string') this.#result(block, block.tool_use_id)
    // Redacted thinking, summaries of compacted history and whatever comes next: it shows nowhere, but the service wants it back.
    else if (!open.unknown) this.#context.out.push({ type: 'reasoning', text: '', opaque: this.#opaque(block) })
  }

  #closeText({ block, streamed }: OpenBlock): void {
    const { type, citations } = block
    this.#afterText = streamed && !citations?.length
    if (streamed && citations?.length)
      this.#context.out.push({ type: 'text', text: '', opaque: this.#opaque({ type, citations }) })
  }

  /** Thinking is bound to the model that thought it. */
  #closeThinking({ type, signature }: WireBlock): void {
    if (!signature) return
    const opaque = this.#opaque({ type, signature, model: this.#context.model })
    this.#context.out.push({ type: 'reasoning', text: '', opaque })
  }

  #closeCall(open: OpenBlock): void {
    const { type, id: _id, name: _name, input, ...rest } = open.block
    const hosted = isHosted(open.block)
    const extras = Object.entries(rest).some(([key, value]) => key !== 'caller' || !isDirect(value))
    const opaque = hosted || extras ? this.#opaque({ type, ...rest }) : undefined
    const whole = open.streamed ? '' : JSON.stringify(input ?? {})
    if (whole !== '' || opaque) this.#input(open, whole, opaque)
  }

  #result({ content, ...block }: WireBlock, id: string): void {
    const { tool_use_id: _id, ...rest } = block
    const failed = block.is_error || String((content as WireBlock | null)?.type ?? '').endsWith('_error')
    this.#context.out.push({
      type: 'tool-result',
      id,
      name: this.#hosted.get(id) ?? block.type.replace(/_tool_result$/, ''),
      output: content,
      byProvider: true,
      ...(failed ? { isError: true } : {}),
      opaque: this.#opaque(rest),
    })
  }

  #text(open: OpenBlock, text: string | undefined): void {
    if (!text) return
    open.streamed = true
    this.#context.out.push({ type: 'text', text })
  }

  #thinking(open: OpenBlock, text: string | undefined): void {
    if (!text) return
    open.streamed = true
    this.#context.out.push({ type: 'reasoning', text })
  }

  #input(open: OpenBlock, input: string, opaque?: Opaque): void {
    const { id = '', name = '' } = open.block
    const hosted = isHosted(open.block)
    if (hosted) this.#hosted.set(id, name)
    else this.#called = true
    if (input !== '') open.streamed = true
    this.#context.out.push({
      type: 'tool-call',
      id,
      name,
      input,
      ...(hosted ? { byProvider: true } : {}),
      ...(opaque ? { opaque } : {}),
    })
  }

  #cite({ block }: OpenBlock, citation: WireCitation): void {
    block.citations?.push(citation)
    const { cited_text, source } = citation
    const url = citation.url ?? (source && URL.canParse(source) ? source : undefined)
    const title = citation.title ?? citation.document_title ?? (url === undefined ? source : undefined)
    this.#context.out.push({
      type: 'source',
      ...(url === undefined ? {} : { url }),
      ...(title === undefined ? {} : { title }),
      ...(cited_text ? { quote: cited_text } : {}),
    })
  }

  #opaque(data: object): Opaque {
    return { provider: this.#context.provider, data: data as Json }
  }

  #error(body: unknown): Reported {
    const { provider, model, headers } = this.#context
    return new Reported({ provider, model, headers, body })
  }
}

/** Calls of our tools, and of tools that the service runs itself. */
const isCall = ({ type }: WireBlock): boolean => type === 'tool_use' || isHosted({ type })

const isHosted = ({ type }: Pick<WireBlock, 'type'>): boolean => type === 'server_tool_use' || type === 'mcp_tool_use'

/** The model called the tool itself: what is assumed where nothing is said. */
const isDirect = (caller: unknown): boolean => (caller as { type?: unknown } | null)?.type === 'direct'

function toUsage(usage: WireUsage | undefined): Usage {
  if (!usage) return {}
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage
  const cacheRead = cache_read_input_tokens ?? undefined
  const cacheWrite = cache_creation_input_tokens ?? undefined
  const input = typeof input_tokens === 'number' ? input_tokens + (cacheRead ?? 0) + (cacheWrite ?? 0) : undefined
  const output = output_tokens ?? undefined
  return {
    input,
    output,
    total: input === undefined || output === undefined ? undefined : input + output,
    cacheRead,
    cacheWrite,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? undefined,
    raw: usage as unknown as Json,
  }
}
