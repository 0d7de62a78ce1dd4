import type { Json, Usage } from '@anymodel/core'

/** Tokens, and for sound that went in its seconds. */
export interface WireUsage {
  readonly prompt_tokens?: number
  readonly completion_tokens?: number
  readonly total_tokens?: number
  readonly prompt_audio_seconds?: number | null
}

export const toUsage = (usage: WireUsage): Usage => ({
  input: usage.prompt_tokens,
  output: usage.completion_tokens,
  total: usage.total_tokens,
  raw: usage as unknown as Json,
})
