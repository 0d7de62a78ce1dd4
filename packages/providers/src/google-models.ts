import type { GeminiEmbeddingRule, GeminiRule } from './protocols/gemini/index.ts'

const fromLow = ['low', 'medium', 'high'] as const
const fromMinimal = ['minimal', ...fromLow] as const

/** Third generation: thinking levels, and still budgets for those who have one. */
const third = {
  budget: { least: 128, most: 32_768, off: false },
  sampling: true,
  signed: true,
} as const satisfies Omit<GeminiRule, 'match'>

/**
 * What Gemini's model families accept. A Gemini that matches no other rule is taken for a newer one.
 * https://ai.google.dev/gemini-api/docs/thinking and https://ai.google.dev/gemini-api/docs/latest-model
 */
export const googleModels: readonly GeminiRule[] = [
  { match: /gemini-2.*image/, sampling: true, signed: false, draws: true },
  { match: /image|nano-banana/, sampling: true, signed: true, draws: true },
  { match: /gemini-(?:1|2\.0)/, sampling: true, signed: false },
  {
    match: /gemini-2\.5-flash-lite/,
    budget: { least: 512, most: 24_576, off: true },
    sampling: true,
    signed: false,
  },
  { match: /gemini-2\.5-flash/, budget: { least: 1, most: 24_576, off: true }, sampling: true, signed: false },
  { match: /gemini-2\.5/, budget: { least: 128, most: 32_768, off: false }, sampling: true, signed: false },
  { ...third, match: /gemini-3-pro/, levels: ['low', 'high'] },
  { ...third, match: /gemini-3\.1-pro/, levels: fromLow },
  { ...third, match: /gemini-3\.5-flash-lite|gemini-3\.6/, levels: fromMinimal, sampling: false },
  { ...third, match: /gemini-3(?:\.[1-5])?-/, levels: fromMinimal },
  { match: /gemini/, levels: fromLow, sampling: false, signed: true },
]

/** https://ai.google.dev/gemini-api/docs/embeddings */
export const googleEmbeddingModels: readonly GeminiEmbeddingRule[] = [
  {
    match: /embedding-2/,
    prefixes: { query: 'task: search result | query: ', document: 'title: none | text: ' },
  },
]
