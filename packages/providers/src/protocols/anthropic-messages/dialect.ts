import type { WireEffort } from '../model-rules.ts'

/** Versions of the API. The newer one rejects sampling options. https://platform.claude.com/docs/en/api/migration-2026-10-21 */
export type ApiVersion = '2023-06-01' | '2026-10-21'

/** What the models of one family accept, as data. */
export interface ClaudeRule {
  /** Matches the ids of the family; the first rule that matches counts. */
  readonly match: RegExp
  /** The version that is asked for unless the provider's options name one. */
  readonly version: ApiVersion
  /** `max_tokens` of calls that set none: enough for long answers, and it leaves the input its room. */
  readonly maxTokens: number
  /** How thinking is asked for: by a budget of tokens, by an effort, by either. Absent: it does not think. */
  readonly thinking?: 'budget' | 'effort' | 'either'
  /** Efforts that it takes, lowest first. */
  readonly efforts?: readonly WireEffort[]
  /** How thinking is switched off. Absent: it can't be. */
  readonly off?: 'disabled' | 'between_tools'
  /** Sampling options that it takes under version 2023-06-01: all, `temperature` or `topP` but not both, or none. */
  readonly sampling: 'all' | 'one' | 'none'
  /** Features beyond text and tools. */
  readonly features: readonly ('prefill' | 'schemas' | 'forced-tools' | 'system-messages')[]
}

/** How a service's Messages differ from Anthropic's: data only. */
export interface MessagesDialect {
  /** Set: this version for all models. */
  readonly version: ApiVersion | undefined
  /** What its model families accept. */
  readonly models: readonly ClaudeRule[]
  /** What is assumed of a model without a rule. */
  readonly other: Omit<ClaudeRule, 'match'>
}

/** A server that speaks the format and about which nothing else is known. */
export const messagesDialect: MessagesDialect = {
  version: undefined,
  models: [],
  other: {
    version: '2023-06-01',
    maxTokens: 8_192,
    thinking: 'budget',
    off: 'disabled',
    sampling: 'all',
    features: ['prefill', 'forced-tools'],
  },
}

/** What is known about a model. */
export const ruleFor = ({ models, other }: MessagesDialect, model: string): Omit<ClaudeRule, 'match'> =>
  models.find(({ match }) => match.test(model)) ?? other
