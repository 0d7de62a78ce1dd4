import { AnyModelError, type CodeCall, type FinishReason, type Json, type JsonObject } from '@anymodel/core'
import type { AnswerFormat, Decoder, ReplyContext, WireRequest } from '../../protocol.ts'
import { Reported } from '../../reported.ts'

/** `/infill`: the server writes the template that stands in the model's file. */
export const infillFormat: AnswerFormat<CodeCall> = {
  request: toRequest,
  decoder: (context) => new InfillDecoder(context),
}

function toRequest({ prefix, suffix, context, maxTokens, temperature, topP, seed, stop }: CodeCall): WireRequest {
  const body: JsonObject = {
    input_prefix: prefix,
    input_suffix: suffix,
    ...(context?.length ? { input_extra: context.map(({ path, text }) => ({ filename: path, text })) } : {}),
    prompt: '',
    n_predict: maxTokens,
    temperature,
    top_p: topP,
    seed,
    stop,
    stream: true,
  }
  return { path: '/infill', body, warnings: [] }
}

/** One event, or the whole answer. */
interface InfillChunk {
  content?: string | null
  stop?: boolean | null
  stop_type?: string | null
  /** Older servers say it in flags. */
  stopped_limit?: boolean | null
  model?: string | null
  tokens_evaluated?: number | null
  tokens_predicted?: number | null
  tokens_cached?: number | null
  error?: unknown
}

class InfillDecoder implements Decoder {
  readonly #context: ReplyContext
  #last: InfillChunk | undefined

  constructor(context: ReplyContext) {
    this.#context = context
  }

  get settled(): boolean {
    return this.#last !== undefined
  }

  event(value: JsonObject, name: string | undefined): void {
    this.#read(name === 'error' ? { error: value } : (value as InfillChunk))
  }

  whole(value: unknown): void {
    const chunk = value as InfillChunk
    if (typeof chunk.content !== 'string' && chunk.error === undefined)
      throw new AnyModelError('malformed', 'The answer has no content.')
    this.#read({ ...chunk, stop: true })
  }

  #read(chunk: InfillChunk): void {
    const { provider, model, out } = this.#context
    if (chunk.error) throw new Reported({ provider, model, body: chunk })
    if (chunk.content) out.push({ type: 'text', text: chunk.content })
    if (chunk.stop) this.#last = chunk
  }

  end(): void {
    const { out, provider, model, headers } = this.#context
    const last = this.#last
    if (!last) throw new AnyModelError('truncated', `${provider}/${model}: the stream ended before the answer did.`)
    const limited = last.stop_type === 'limit' || last.stopped_limit === true
    const reason: FinishReason = limited ? 'length' : 'stop'
    const { tokens_evaluated: input, tokens_predicted: output } = last
    const raw: { [key: string]: Json | undefined } = { tokens_evaluated: input, tokens_predicted: output }
    out.push({
      type: 'finish',
      reason,
      usage: {
        input: input ?? undefined,
        output: output ?? undefined,
        total: typeof input === 'number' && typeof output === 'number' ? input + output : undefined,
        raw,
      },
      response: { provider, model: last.model ?? model, headers, rawReason: last.stop_type ?? undefined },
    })
  }
}
