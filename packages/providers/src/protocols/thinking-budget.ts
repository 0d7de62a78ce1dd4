import type { ReasoningOptions } from '@anymodel/core'

const budgets: Readonly<Record<NonNullable<ReasoningOptions['effort']>, number>> = {
  none: 0,
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  max: Number.POSITIVE_INFINITY,
}

/** Tokens to think with for an effort, at most `most`. With a limit for the whole answer, half of it is kept for what is said. */
export const budgetFor = (
  effort: NonNullable<ReasoningOptions['effort']>,
  most: number,
  maxTokens: number = Number.POSITIVE_INFINITY,
): number => Math.min(budgets[effort], most, Math.floor(maxTokens / 2))
