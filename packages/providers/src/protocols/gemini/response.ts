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
import { place } from './partial-args.ts'
import { toSources } from './sources.ts'
import { toUsage } from './usage.ts'
import type {
  WireCall,
  WireCandidate,
  WireCitations,
  WireGrounding,
  WirePart,
  WireResponse,
  WireUsage,
} from './wire.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  // The first numbers of the enumeration mean the same on all of Google's hosts.
  1: 'stop',
  2: 'length',
  3: 'content-filter',
  4: 'content-filter',
}

/** What has no portable name and is passed on as it stands. */
const detailNames = ['finishMessage', 'groundingMetadata', 'urlContextMetadata', 'safetyRatings'] as const

/** A call that came and was not handed on yet: a result right after it shows that the service ran it itself. */
interface WaitingCall {
  readonly id: string
  readonly name: string
  readonly args: unknown
  readonly part: WirePart
}

/** `generateContent`, streamed or whole, as parts. What the service wants back of a part rides on the same part of ours. */
export class GeminiDecoder implements Decoder {
  readonly #context: ReplyContext
  #id: string | undefined
  #model: string | undefined
  #reason: string | undefined
  #usage: WireUsage | undefined
  #called = false
  #waiting: WaitingCall[] = []
  /** A call whose arguments come in pieces. */
  #pieces: { readonly part: WirePart; readonly args: object } | undefined
  /** Ids that were made because the service gave none. */
  #made = 0
  /** Id of the code that runs. */
  #code: string | undefined
  /** The kind of text that is being written. */
  #writing: 'text' | 'reasoning' | undefined
  /** The texts of the answer, each in its fragments. */
  #texts: string[][] = []
  #grounding: WireGrounding | undefined
  #citations: WireCitations | undefined
  #logprobs: object[] = []
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

  event(value: JsonObject): void {
    const chunk = value as WireResponse
    if (chunk.error) throw this.#error(value)
    if (chunk.responseId) this.#id ??= chunk.responseId
    if (chunk.modelVersion) this.#model ??= chunk.modelVersion
    // Counts are totals up to now; some chunks have only some of them.
    if (chunk.usageMetadata) this.#usage = { ...this.#usage, ...chunk.usageMetadata }
    for (const candidate of chunk.candidates ?? []) if ((candidate.index ?? 0) === 0) this.#candidate(candidate)
    if (chunk.promptFeedback?.blockReason) this.#blocked(chunk.promptFeedback)
  }

  whole(value: unknown): void {
    if (Array.isArray(value)) {
      // A stream without `alt=sse` is one JSON array.
      if (value.length === 0) throw this.#error(value)
      for (const chunk of value) this.event(chunk)
      if (this.#reason === undefined) throw this.#truncated()
      return
    }
    const body = value as WireResponse
    if (!body.error && !body.candidates && !body.promptFeedback && !body.usageMetadata) throw this.#error(value)
    this.event(value as JsonObject)
  }

  end(done: boolean): void {
    const { out, provider, model, headers } = this.#context
    if (this.#reason === undefined && !done) throw this.#truncated()
    this.#handOn()
    const blocks = this.#texts.map((fragments) => fragments.join(''))
    out.push(...toSources({ grounding: this.#grounding, citations: this.#citations }, blocks))
    const mapped = this.#reason === undefined ? 'stop' : (finishReasons[this.#reason] ?? 'other')
    if (this.#logprobs.length > 0) this.#details.logprobs = this.#logprobs as unknown as Json
    out.push({
      type: 'finish',
      reason: mapped === 'stop' && this.#called ? 'tool-calls' : mapped,
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

  #candidate(candidate: WireCandidate): void {
    for (const part of candidate.content?.parts ?? []) this.#part(part)
    const { finishReason, groundingMetadata, citationMetadata, logprobsResult } = candidate
    if (finishReason !== undefined && finishReason !== null) this.#reason = String(finishReason)
    if (groundingMetadata) this.#grounding = { ...this.#grounding, ...groundingMetadata }
    if (citationMetadata) this.#citations = citationMetadata
    for (const [at, chosen] of (logprobsResult?.chosenCandidates ?? []).entries())
      this.#logprobs.push({ ...chosen, topCandidates: logprobsResult?.topCandidates?.[at]?.candidates ?? [] })
    for (const name of detailNames) if (candidate[name]) this.#details[name] = candidate[name] as unknown as Json
  }

  #part(part: WirePart): void {
    if (part.functionCall) return this.#call(part, part.functionCall)
    if (part.functionResponse) return this.#ranCall(part, part.functionResponse)
    this.#handOn()
    if (part.inlineData) this.#file(part, part.inlineData)
    else if (part.executableCode)
      this.#ran(part, (this.#code = part.executableCode.id ?? this.#makeId()), 'code_execution', part.executableCode)
    else if (part.codeExecutionResult) this.#codeResult(part, part.codeExecutionResult)
    else if (part.toolCall)
      this.#ran(part, part.toolCall.id ?? this.#makeId(), part.toolCall.toolType ?? '', part.toolCall.args)
    else if (part.toolResponse) this.#toolResult(part, part.toolResponse)
    else if (part.text !== undefined || part.thoughtSignature !== undefined) this.#text(part)
  }

  /** A signature belongs to its own part: it must not spread to the text in front of it. */
  #text({ text = '', thought, thoughtSignature }: WirePart): void {
    const type = thought ? 'reasoning' : 'text'
    if (thoughtSignature !== undefined) {
      if (this.#writing === type) this.#push({ type, text: '', opaque: this.#opaque({}) })
      this.#push({ type, text, opaque: this.#opaque({ thoughtSignature }) })
    } else if (text !== '') this.#push({ type, text })
    if (type === 'text' && text !== '') {
      if (this.#writing === 'text') this.#texts.at(-1)?.push(text)
      else this.#texts.push([text])
    }
    if (thoughtSignature !== undefined) this.#writing = undefined
    else if (text !== '') this.#writing = type
  }

  #call(part: WirePart, call: WireCall): void {
    this.#writing = undefined
    if (!this.#pieces && !call.willContinue && !call.partialArgs) return this.#wait(part, call.args)
    this.#pieces ??= { part, args: (call.args as object | undefined) ?? {} }
    for (const piece of call.partialArgs ?? []) place(this.#pieces.args, piece)
    if (call.willContinue) return
    this.#wait(this.#pieces.part, this.#pieces.args)
    this.#pieces = undefined
  }

  #wait(part: WirePart, args: unknown): void {
    const { id, name = '' } = part.functionCall ?? {}
    this.#waiting.push({ id: id ?? this.#makeId(), name, args: args ?? {}, part })
  }

  /** Calls that no result followed are for us. */
  #handOn(): void {
    if (this.#waiting.length === 0) return
    for (const { id, name, args, part } of this.#waiting) {
      this.#called = true
      const { thoughtSignature, functionCall } = part
      const given = functionCall?.id
      const data = {
        ...(given === undefined ? {} : { id: given }),
        ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
      }
      const opaque = Object.keys(data).length > 0 ? { opaque: this.#opaque(data) } : {}
      this.#push({ type: 'tool-call', id, name, input: JSON.stringify(args), ...opaque })
    }
    this.#waiting = []
  }

  /** The service ran a function of its own, such as one of an MCP server. */
  #ranCall(part: WirePart, { id, name = '', response }: NonNullable<WirePart['functionResponse']>): void {
    const at = this.#waiting.findIndex((call) => call.name === name && (id === undefined || call.id === id))
    const [call] = at < 0 ? [] : this.#waiting.splice(at, 1)
    if (call) this.#ran(call.part, call.id, name, call.args)
    const { response: _response, ...rest } = part.functionResponse ?? {}
    this.#result(call?.id ?? id ?? this.#makeId(), name, response, { ...part, functionResponse: rest })
  }

  #ran(part: WirePart, id: string, name: string, input: unknown): void {
    this.#writing = undefined
    const opaque = this.#opaque({ part })
    this.#push({ type: 'tool-call', id, name, input: JSON.stringify(input ?? {}), byProvider: true, opaque })
  }

  #codeResult(part: WirePart, { id, outcome, output }: NonNullable<WirePart['codeExecutionResult']>): void {
    const failed = outcome !== undefined && outcome !== 'OUTCOME_OK'
    this.#result(id ?? this.#code ?? this.#makeId(), 'code_execution', { outcome, output }, part, failed)
  }

  #toolResult(part: WirePart, { id, toolType = '', response }: NonNullable<WirePart['toolResponse']>): void {
    const { response: _response, ...rest } = part.toolResponse ?? {}
    this.#result(id ?? this.#makeId(), toolType, response, { ...part, toolResponse: rest })
  }

  #result(id: string, name: string, output: unknown, part: WirePart, failed = false): void {
    this.#writing = undefined
    const opaque = this.#opaque({ part })
    this.#push({
      type: 'tool-result',
      id,
      name,
      output,
      byProvider: true,
      ...(failed ? { isError: true } : {}),
      opaque,
    })
  }

  #file(
    { thought, thoughtSignature }: WirePart,
    { mimeType = '', data = '' }: NonNullable<WirePart['inlineData']>,
  ): void {
    // Drafts on the way to the picture: they are not part of the answer, and the service does not want them back.
    if (thought) return
    this.#writing = undefined
    const opaque = thoughtSignature === undefined ? {} : { opaque: this.#opaque({ thoughtSignature }) }
    this.#push({ type: 'file', mediaType: mimeType, data: Buffer.from(data, 'base64'), ...opaque })
  }

  #push(part: Part): void {
    this.#context.out.push(part)
  }

  /** Unique in the conversation, and the same however the answer was cut. */
  #makeId(): string {
    return `${this.#id ?? 'call'}-${this.#made++}`
  }

  #opaque(data: object): Opaque {
    return { provider: this.#context.provider, data: data as Json }
  }

  #blocked({ blockReason, blockReasonMessage }: NonNullable<WireResponse['promptFeedback']>): never {
    const { provider, model } = this.#context
    const words = blockReasonMessage ? `: ${blockReasonMessage}` : '.'
    throw new AnyModelError('content-filter', `${provider}/${model}: the prompt was blocked (${blockReason})${words}`, {
      providerCode: String(blockReason),
    })
  }

  #truncated(): AnyModelError {
    const { provider, model } = this.#context
    return new AnyModelError('truncated', `${provider}/${model}: the stream ended before the answer did.`)
  }

  #error(body: unknown): Reported {
    const { provider, model, headers } = this.#context
    return new Reported({ provider, model, headers, body })
  }
}
