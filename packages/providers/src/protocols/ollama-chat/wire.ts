import type { JsonObject } from '@anymodel/core'

/** Ollama's own `/api/chat`: the fields we read. https://docs.ollama.com/api/chat */

export interface OllamaCall {
  readonly id?: string
  readonly function?: { readonly name?: string; readonly arguments?: JsonObject | string }
}

export interface OllamaMessage {
  readonly content?: string | null
  readonly thinking?: string | null
  readonly tool_calls?: readonly OllamaCall[] | null
}

/** A line of a stream, or a whole answer. */
export interface OllamaChunk {
  readonly model?: string
  readonly message?: OllamaMessage
  readonly logprobs?: readonly JsonObject[] | null
  readonly done?: boolean
  readonly done_reason?: string
  readonly prompt_eval_count?: number
  readonly eval_count?: number
  /** Nanoseconds. */
  readonly total_duration?: number
  readonly load_duration?: number
  readonly prompt_eval_duration?: number
  readonly eval_duration?: number
  readonly error?: unknown
}
