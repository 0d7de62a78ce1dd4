import {
  AnyModelError,
  type FinishReason,
  type Json,
  type JsonObject,
  type Opaque,
  type Part,
  type Usage,
} from '@anymodel/core'
import type { Decoder, ReplyContext } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { requestId } from '../../request-id.ts'
import type { ResponsesDialect } from './dialect.ts'
import { clientTools, type HostedTool, hostedTool } from './items.ts'
import type {
  ResponsesAnnotation,
  ResponsesBody,
  ResponsesContent,
  ResponsesEvent,
  ResponsesItem,
  ResponsesUsage,
} from './wire.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  completed: 'stop',
  complete: 'stop',
  max_output_tokens: 'length',
  content_filter: 'content-filter',
}

/** An item of the output while it is being written. */
interface OpenItem {
  readonly id: string
  readonly name: string
  /** Set for tools that run at the service. */
  readonly hosted?: HostedTool | undefined
  /** True once a fragment of its text or input was passed on. */
  streamed: boolean
  /** The paragraph of a reasoning summary that is being written. */
  paragraph: number
  /** What has to follow the fragments of the input, where they are the inside of a JSON string. */
  closing: string
}

/** OpenAI Responses, streamed or whole, as parts. What the service wants back of an item rides on its last part. */
export class ResponsesDecoder implements Decoder {
  readonly #context: ReplyContext
  readonly #customTools: ResponsesDialect['customTools']
  readonly #items = new Map<number | string, OpenItem>()
  /** The item whose text or reasoning is being written: parts of others wait, so that blocks stay whole. */
  #writing: OpenItem | undefined
  #waiting: [OpenItem, Part][] = []
  #body: ResponsesBody | undefined
  /** The last that was reported. */
  #usage: ResponsesUsage | undefined
  #started: ResponsesBody | undefined
  /** Id of the tool search whose result comes next. */
  #search: string | undefined
  #called = false
  #refused = false
  #logprobs: object[] = []

  constructor(context: ReplyContext, { customTools }: ResponsesDialect) {
    this.#context = context
    this.#customTools = customTools
  }

  get settled(): boolean {
    return this.#body !== undefined
  }

  get usage(): Usage | undefined {
    return this.#usage && toUsage(this.#usage)
  }

  event(value: JsonObject): void {
    const event = value as ResponsesEvent
    this.#usage = event.response?.usage ?? this.#usage
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return this.#text(this.#item(event), event.delta)
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#reasoning(this.#item(event), event.delta, event.summary_index ?? event.content_index ?? 0)
      case 'response.function_call_arguments.delta':
      case 'response.mcp_call_arguments.delta':
        return this.#input(this.#item(event), event.delta ?? '')
      case 'response.custom_tool_call_input.delta':
        return this.#quoted(this.#item(event), '"', event.delta, '"')
      case 'response.code_interpreter_call_code.delta':
        return this.#quoted(this.#item(event), '{"code":"', event.delta, '"}')
      case 'response.output_item.added':
        if (event.item) this.#added(event, event.item)
        return
      case 'response.output_item.done':
        if (event.item) this.#done(this.#items.get(keyOf(event)) ?? this.#added(event, event.item), event.item)
        return
      case 'response.created':
        this.#started = event.response
        return
      case 'response.completed':
      case 'response.incomplete':
        return this.#ended(event.response ?? {})
      case 'response.failed':
      case 'error':
        throw this.#error(value)
      case undefined:
        if (event.error) throw this.#error(value)
    }
  }

  whole(value: unknown): void {
    const body = value as ResponsesBody
    this.#usage = body.usage ?? undefined
    if (body.error || !Array.isArray(body.output)) {
      throw body.error || body.object === undefined
        ? this.#error(value)
        : new AnyModelError('malformed', 'The answer has no output.')
    }
    if (body.status === 'failed') throw this.#error({ response: body })
    this.#ended(body)
  }

  end(): void {
    const { out, provider, model, headers } = this.#context
    const body = this.#body
    if (!body) throw new AnyModelError('truncated', `${provider}/${model}: the stream ended before the answer did.`)
    const rawReason = body.incomplete_details?.reason ?? body.status ?? undefined
    const details: Record<string, Json> = {}
    if (body.service_tier) details.serviceTier = body.service_tier
    if (this.#logprobs.length > 0) details.logprobs = this.#logprobs as unknown as Json
    out.push({
      type: 'finish',
      reason: this.#reason(rawReason ?? 'completed'),
      usage: toUsage(body.usage ?? undefined),
      response: {
        provider,
        model: body.model ?? this.#started?.model ?? model,
        id: body.id ?? this.#started?.id ?? undefined,
        requestId: requestId(headers),
        headers,
        rawReason,
        details,
      },
    })
  }

  #reason(raw: string): FinishReason {
    const reason = finishReasons[raw] ?? 'other'
    if (reason !== 'stop') return reason
    return this.#called ? 'tool-calls' : this.#refused ? 'refusal' : 'stop'
  }

  #ended(body: ResponsesBody): void {
    // A whole answer, or a server that streams nothing but the end.
    if (this.#items.size === 0)
      for (const [output_index, item] of (body.output ?? []).entries())
        this.#done(this.#added({ output_index }, item), item)
    while (this.#waiting.length > 0) this.#release()
    this.#body = body
  }

  /** The item that a fragment belongs to. Some servers leave out the event that announces it. */
  #item(event: ResponsesEvent): OpenItem {
    return this.#items.get(keyOf(event)) ?? this.#open(event, { id: event.item_id ?? '', name: '' })
  }

  #open(event: ResponsesEvent, known: Pick<OpenItem, 'id' | 'name' | 'hosted'>): OpenItem {
    const item = { ...known, streamed: false, paragraph: 0, closing: '' }
    this.#items.set(keyOf(event), item)
    return item
  }

  #added(event: ResponsesEvent, item: ResponsesItem): OpenItem {
    const hosted = hostedTool(item, this.#customTools)
    const name = hosted?.name(item) ?? clientTools[item.type]?.name(item) ?? item.name ?? ''
    const open = this.#open(event, {
      id: item.call_id ?? item.id ?? `${this.#started?.id ?? 'item'}-${this.#items.size}`,
      name,
      hosted,
    })
    if (hosted || isCall(item)) this.#input(open, '')
    return open
  }

  #done(open: OpenItem, item: ResponsesItem): void {
    if (item.type === 'message') this.#message(open, item)
    else if (item.type === 'reasoning') this.#reasoned(open, item)
    else if (open.hosted) this.#hosted(open, item, open.hosted)
    else if (isCall(item)) this.#call(open, item)
    else if (item.type === 'tool_search_output') this.#found(open, item)
    // Compaction and whatever comes next: it shows nowhere, but the service wants it back.
    else this.#push(open, { type: 'reasoning', text: '', opaque: this.#opaque(item) })
  }

  #message(open: OpenItem, item: ResponsesItem): void {
    const { id, phase } = item
    const content = item.content ?? []
    if (!open.streamed) for (const part of content) this.#text(open, part.text ?? part.refusal)
    const refused = content.length > 0 && content.every(({ type }) => type === 'refusal')
    if (refused) this.#refused = true
    for (const part of content) this.#extras(open, part)
    const data = {
      type: 'message',
      ...(id ? { id } : {}),
      ...(phase ? { phase } : {}),
      ...(refused ? { refused } : {}),
    }
    this.#push(open, { type: 'text', text: '', opaque: this.#opaque(data) })
  }

  #extras(open: OpenItem, { annotations, logprobs }: ResponsesContent): void {
    for (const annotation of annotations ?? []) this.#push(open, toSource(annotation))
    if (logprobs) this.#logprobs.push(...logprobs)
  }

  #reasoned(open: OpenItem, item: ResponsesItem): void {
    const { status: _status, ...data } = item
    if (!open.streamed) {
      const texts = item.summary?.length ? item.summary : (item.content ?? [])
      for (const [paragraph, { text }] of texts.entries()) this.#reasoning(open, text, paragraph)
    }
    this.#push(open, { type: 'reasoning', text: '', opaque: this.#opaque(data) })
  }

  #call(open: OpenItem, item: ResponsesItem): void {
    this.#called = true
    const { type, id, call_id: _id, name: _name, arguments: _arguments, status: _status, ...rest } = item
    const data = type === 'function_call' ? { type, ...(id ? { id } : {}), ...rest } : item
    const input = clientTools[type]?.input(item) ?? item.arguments ?? ''
    this.#close(open, type === 'function_call' ? text(input) : JSON.stringify(input), this.#opaque(data))
  }

  #hosted(open: OpenItem, item: ResponsesItem, { input, output }: HostedTool): void {
    this.#close(open, text(input(item)), output ? undefined : this.#opaque(item))
    if (item.type === 'tool_search_call') this.#search = open.id
    if (!output) return
    const { result, ...data } = item
    const drawn = item.type === 'image_generation_call' && result
    const failed = item.error || item.status === 'failed'
    this.#push(open, {
      ...{ type: 'tool-result', id: open.id, name: open.name, output: output(item), byProvider: true },
      ...(failed ? { isError: true } : {}),
      ...(drawn ? {} : { opaque: this.#opaque(item) }),
    })
    if (!drawn) return
    const mediaType = `image/${item.output_format ?? 'png'}`
    this.#push(open, { type: 'file', mediaType, data: Buffer.from(result, 'base64'), opaque: this.#opaque(data) })
  }

  #found(open: OpenItem, item: ResponsesItem): void {
    const result = { id: this.#search ?? open.id, name: 'tool_search', output: item.tools, byProvider: true }
    this.#push(open, { type: 'tool-result', ...result, opaque: this.#opaque(item) })
  }

  #text(item: OpenItem, delta: string | undefined): void {
    if (!delta) return
    item.streamed = true
    this.#push(item, { type: 'text', text: delta })
  }

  #reasoning(item: OpenItem, delta: string | undefined, paragraph: number): void {
    if (!delta) return
    const apart = item.streamed && paragraph > item.paragraph ? '\n\n' : ''
    item.streamed = true
    item.paragraph = paragraph
    this.#push(item, { type: 'reasoning', text: apart + delta })
  }

  #input(item: OpenItem, input: string, opaque?: Opaque): void {
    if (input !== '') item.streamed = true
    this.#push(item, {
      type: 'tool-call',
      id: item.id,
      name: item.name,
      input,
      ...(item.hosted ? { byProvider: true } : {}),
      ...(opaque ? { opaque } : {}),
    })
  }

  /** Plain text on its way into a JSON string. */
  #quoted(item: OpenItem, opening: string, delta = '', closing: string): void {
    this.#input(item, (item.streamed ? '' : opening) + JSON.stringify(delta).slice(1, -1))
    item.closing = closing
  }

  /** The rest of a call's input: all of it when nothing was streamed. */
  #close(item: OpenItem, whole: string, opaque: Opaque | undefined): void {
    const rest = item.streamed ? item.closing : whole
    if (rest !== '' || opaque) this.#input(item, rest, opaque)
  }

  /** Hands a part on, unless the text of another item is being written. */
  #push(item: OpenItem, part: Part): void {
    if (this.#writing && this.#writing !== item) {
      this.#waiting.push([item, part])
      return
    }
    this.#context.out.push(part)
    if (part.type !== 'text' && part.type !== 'reasoning') return
    if (!part.opaque) this.#writing = item
    else this.#release()
  }

  #release(): void {
    this.#writing = undefined
    const waiting = this.#waiting
    this.#waiting = []
    for (const [item, part] of waiting) this.#push(item, part)
  }

  #opaque(data: object): Opaque {
    return { provider: this.#context.provider, data: data as Json }
  }

  #error(body: unknown): Reported {
    const { provider, model, headers } = this.#context
    return new Reported({ provider, model, headers, body })
  }
}

const keyOf = ({ output_index, item_id, item }: ResponsesEvent): number | string =>
  output_index ?? item_id ?? item?.id ?? 0

const isCall = ({ type }: ResponsesItem): boolean => type === 'function_call' || type in clientTools

const text = (input: unknown): string => (typeof input === 'string' ? input : JSON.stringify(input ?? {}))

function toSource({ url, title, filename, file_id, start_index, end_index }: ResponsesAnnotation): Part {
  const name = title ?? filename ?? file_id
  const ranged = end_index !== undefined && end_index > 0
  return {
    type: 'source',
    ...(url === undefined ? {} : { url }),
    ...(name === undefined ? {} : { title: name }),
    ...(ranged ? { start: start_index ?? 0, end: end_index } : {}),
  }
}

function toUsage(usage: ResponsesUsage | undefined): Usage {
  if (!usage) return {}
  return {
    input: usage.input_tokens ?? undefined,
    output: usage.output_tokens ?? undefined,
    total: usage.total_tokens ?? undefined,
    cacheRead: usage.input_tokens_details?.cached_tokens ?? undefined,
    cacheWrite: usage.input_tokens_details?.cache_write_tokens ?? undefined,
    reasoning: usage.output_tokens_details?.reasoning_tokens ?? undefined,
    raw: usage as unknown as Json,
  }
}
