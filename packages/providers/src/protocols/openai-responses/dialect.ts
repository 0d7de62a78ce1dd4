import type { Knob } from '@anymodel/core'
import type { ModelRule } from '../model-rules.ts'

/** How a service's Responses differ from OpenAI's: data only. */
export interface ResponsesDialect {
  /** What its model families accept. Models without a rule take everything. */
  readonly models: readonly ModelRule[]
  /** When encrypted reasoning is asked for, so that it can go back: of models that reason, or of all. */
  readonly encryptedReasoning: 'of-reasoning-models' | 'always'
  /** What has to be asked for so that a tool of the service shows its results, by the type of its definition. */
  readonly include: Readonly<Record<string, string>>
  /** Whose custom tools are: calls of them wait for us, or the service runs them. */
  readonly customTools: 'client' | 'service'
  /** Tuning options. The format has no others. */
  readonly knobs: readonly Knob[]
  /** Media types of files that it reads. */
  readonly files: readonly string[]
}

/** OpenAI's own; its model families are data of the provider. */
export const responsesDialect: ResponsesDialect = {
  models: [],
  encryptedReasoning: 'of-reasoning-models',
  include: {
    web_search: 'web_search_call.action.sources',
    file_search: 'file_search_call.results',
    code_interpreter: 'code_interpreter_call.outputs',
  },
  customTools: 'client',
  knobs: ['maxTokens', 'temperature', 'topP', 'logprobs', 'reasoning', 'parallelToolCalls'],
  files: ['image/*', 'application/pdf', 'text/*'],
}
