import { AnyModelError, type FinishReason, type Json, type JsonObject, type Usage } from '@anymodel/core'
import type { Decoder, ReplyContext } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import type { OllamaCall, OllamaChunk, OllamaMessage } from './wire.ts'

const reasons: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }

/** `/api/chat`, in lines or whole, as parts. */
export class OllamaDecoder implements Decoder {
  readonly #context: ReplyContext
  #last: OllamaChunk | undefined
  #calls = 0
  #reasoned = false
  readonly #logprobs: JsonObject[] = []

  constructor(context: ReplyContext) {
    this.#context = context
  }

  get settled(): boolean {
    return this.#last !== undefined
  }

  event(value: JsonObject): void {
    this.#read(value as OllamaChunk)
  }

  whole(value: unknown): void {
    const answer = value as OllamaChunk
    if (!answer.message && answer.error === undefined)
      throw new AnyModelError('malformed', 'The answer has no message.')
    this.#read(answer)
  }

  end(): void {
    const { out, provider, model, headers } = this.#context
    const last = this.#last
    if (!last) throw new AnyModelError('truncated', `${provider}/${model}: the stream ended before the answer did.`)
    this.#closeReasoning()
    const { done_reason: rawReason } = last
    const reason = this.#calls > 0 ? 'tool-calls' : rawReason === undefined ? 'stop' : (reasons[rawReason] ?? 'other')
    const logprobs = this.#logprobs as unknown as Json
    const details = { ...timing(last), ...(this.#logprobs.length > 0 && { logprobs }) }
    const response = { provider, model: last.model ?? model, headers, rawReason, details }
    out.push({ type: 'finish', reason, usage: toUsage(last), response })
  }

  #read(chunk: OllamaChunk): void {
    const { provider, model } = this.#context
    if (chunk.error !== undefined) throw new Reported({ provider, model, body: chunk })
    if (chunk.message) this.#message(chunk.message)
    if (chunk.logprobs) this.#logprobs.push(...chunk.logprobs)
    if (chunk.done) this.#last = chunk
  }

  #message({ thinking, content, tool_calls: calls }: OllamaMessage): void {
    const { out } = this.#context
    if (thinking) {
      this.#reasoned = true
      out.push({ type: 'reasoning', text: thinking })
    }
    if (content) {
      this.#closeReasoning()
      out.push({ type: 'text', text: content })
    }
    for (const call of calls ?? []) this.#call(call)
  }

  /** Older servers give calls no ids. */
  #call({ id, function: called = {} }: OllamaCall): void {
    this.#closeReasoning()
    const { name = '', arguments: input = {} } = called
    const text = typeof input === 'string' ? input : JSON.stringify(input)
    this.#context.out.push({ type: 'tool-call', id: id || `call-${this.#calls}`, name, input: text })
    this.#calls++
  }

  /** Marks it as the service's own, to which it goes back. */
  #closeReasoning(): void {
    if (!this.#reasoned) return
    this.#reasoned = false
    const { out, provider } = this.#context
    out.push({ type: 'reasoning', text: '', opaque: { provider, data: 'thinking' } })
  }
}

function toUsage(chunk: OllamaChunk): Usage {
  const { prompt_eval_count: input, eval_count: output } = chunk
  return {
    input,
    output,
    total: input === undefined || output === undefined ? undefined : input + output,
    raw: { prompt_eval_count: input, eval_count: output },
  }
}

/** Milliseconds. */
function timing(chunk: OllamaChunk): JsonObject {
  const ms = (nanoseconds: number | undefined) => (nanoseconds === undefined ? undefined : nanoseconds / 1e6)
  const { total_duration: total, load_duration: load, prompt_eval_duration: prompt, eval_duration: answer } = chunk
  const times = { totalMs: ms(total), loadMs: ms(load), promptMs: ms(prompt), answerMs: ms(answer) }
  return Object.values(times).some((time) => time !== undefined) ? { timing: times } : {}
}
