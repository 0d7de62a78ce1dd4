import type { Knob, OutputMode } from '@anymodel/core'
import type { ModelRule } from '../model-rules.ts'

/** How a service's Chat Completions differ from OpenAI's: data only. */
export interface ChatDialect {
  /** Field of the token limit. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens'
  /** The other tuning options that it honours, with the names of their fields; for `reasoning` the form, see `ReasoningForm`. */
  readonly knobs: Readonly<Partial<Record<Knob, string>>> & { readonly reasoning?: ReasoningForm }
  /** In which form reasoning goes back to the service. */
  readonly replay: 'reasoning_content' | 'reasoning_details' | 'thinking' | 'none'
  /** Tool call ids that it takes. Mistral: nine letters and digits. */
  readonly toolIds: 'any' | 'nine'
  /** Files in tool results: in the result itself, or as a user message after it. */
  readonly toolFiles: 'inside' | 'after'
  /** How documents are written. */
  readonly documents: 'file' | 'document_url'
  /** Whether `stream_options.include_usage` is understood. */
  readonly streamUsage: boolean
  /** Ways to get an object, best first. */
  readonly output: readonly OutputMode[]
  /** Media types of files that it reads. */
  readonly files: readonly string[]
  /** What its model families accept. Models without a rule take everything. */
  readonly models: readonly ModelRule[]
}

/** Where the effort goes. `thinking` also switches reasoning on and off, as DeepSeek has it; `reasoning` also takes budgets, as OpenRouter has it. */
export type ReasoningForm = 'reasoning_effort' | 'reasoning' | 'thinking'

/** Tuning options that every Chat Completions service has. */
export const commonKnobs = {
  temperature: 'temperature',
  topP: 'top_p',
  stop: 'stop',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
} as const satisfies ChatDialect['knobs']

/** OpenAI's own; its model families are data of the provider. */
export const openaiDialect: ChatDialect = {
  maxTokens: 'max_completion_tokens',
  knobs: {
    ...commonKnobs,
    logitBias: 'logit_bias',
    logprobs: 'logprobs',
    reasoning: 'reasoning_effort',
    parallelToolCalls: 'parallel_tool_calls',
  },
  replay: 'none',
  toolIds: 'any',
  toolFiles: 'after',
  documents: 'file',
  streamUsage: true,
  output: ['native', 'tool', 'json', 'prompt'],
  files: ['image/*', 'audio/*', 'application/pdf'],
  models: [],
}

/** A server that speaks the format and about which nothing else is known. */
export const compatibleDialect: ChatDialect = {
  ...openaiDialect,
  maxTokens: 'max_tokens',
  output: ['native', 'json', 'tool', 'prompt'],
}

/** How a service's `/embeddings` differ: data only. */
export interface EmbeddingDialect {
  /** Field of the vectors' length; absent where the service can't shorten them. */
  readonly dimensions?: 'dimensions' | 'output_dimension'
  /** Whether vectors can come as base64, which is a quarter of the size of numbers. */
  readonly base64: boolean
  /** At most this many values go into one request. */
  readonly maxBatch?: number
}
