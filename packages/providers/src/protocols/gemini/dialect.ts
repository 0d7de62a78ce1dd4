import type { WireEffort } from '../model-rules.ts'

/** Tokens that a model may think with. */
export interface ThinkingBudget {
  readonly least: number
  readonly most: number
  /** Whether a budget of 0 switches thinking off. */
  readonly off: boolean
}

/** What the models of one family accept, as data. */
export interface GeminiRule {
  /** Matches the ids of the family; the first rule that matches counts. */
  readonly match: RegExp
  /** Thinking levels that it takes, lowest first. */
  readonly levels?: readonly WireEffort[]
  /** Set where it takes a budget, beside or instead of a level. */
  readonly budget?: ThinkingBudget
  /** Whether `temperature`, `topP` and `topK` have an effect. */
  readonly sampling: boolean
  /** From the third generation on: calls carry signatures, results may carry files, and its own tools mix with functions. */
  readonly signed: boolean
  /** It draws images in its answers. */
  readonly draws?: boolean
}

/** How a service's `generateContent` differs from Gemini's: data only. */
export interface GeminiDialect {
  /** What its model families accept. */
  readonly models: readonly GeminiRule[]
  /** What is assumed of a model without a rule. */
  readonly other: Omit<GeminiRule, 'match'>
}

/** A server that speaks the format and about which nothing else is known. */
export const geminiDialect: GeminiDialect = { models: [], other: { sampling: true, signed: false } }

/** What is known about a model. */
export const ruleFor = ({ models, other }: GeminiDialect, model: string): Omit<GeminiRule, 'match'> =>
  models.find(({ match }) => match.test(model)) ?? other

/** The resource name of a model. Ids of tuned models come with their collection. */
export const resource = (model: string): string => (model.includes('/') ? model : `models/${model}`)

/** How the models of one family are told what their vectors are for. */
export interface GeminiEmbeddingRule {
  /** Matches the ids of the family; the first rule that matches counts. */
  readonly match: RegExp
  /** Texts in front of the values. Absent: `taskType` says it. */
  readonly prefixes?: Readonly<Record<'query' | 'document', string>>
}
