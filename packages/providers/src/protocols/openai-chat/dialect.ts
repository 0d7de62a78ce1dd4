import type { Knob, OutputMode } from '@anymodel/core'

/** How a service's Chat Completions differ from OpenAI's: data only. */
export interface ChatDialect {
  /** Field of the token limit. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens'
  /** Field of the seed. */
  readonly seed: 'seed' | 'random_seed'
  /** Where the reasoning effort goes. `thinking` also switches it on and off, as DeepSeek has it. */
  readonly reasoning: 'reasoning_effort' | 'reasoning.effort' | 'thinking' | 'none'
  /** Field in which reasoning goes back to the service. */
  readonly replay: 'reasoning_content' | 'reasoning_details' | 'none'
  /** Mistral takes only ids of nine letters and digits. */
  readonly toolIds: 'any' | 'nine'
  /** Whether `stream_options.include_usage` is understood. */
  readonly streamUsage: boolean
  /** Ways to get an object, best first. */
  readonly output: readonly OutputMode[]
  /** Tuning options beyond the ones that every service has. */
  readonly knobs: readonly Knob[]
}

/** Tuning options that every Chat Completions service has. */
export const commonKnobs: readonly Knob[] = [
  'maxTokens',
  'temperature',
  'topP',
  'stop',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
]

/** OpenAI's own. */
export const openaiDialect: ChatDialect = {
  maxTokens: 'max_completion_tokens',
  seed: 'seed',
  reasoning: 'reasoning_effort',
  replay: 'none',
  toolIds: 'any',
  streamUsage: true,
  output: ['native', 'tool', 'json', 'prompt'],
  knobs: ['logitBias', 'logprobs', 'reasoning', 'parallelToolCalls'],
}

/** A server that speaks the format and about which nothing else is known. */
export const compatibleDialect: ChatDialect = {
  ...openaiDialect,
  maxTokens: 'max_tokens',
  output: ['native', 'json', 'tool', 'prompt'],
}
