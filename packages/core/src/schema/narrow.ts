import type { JsonSchema } from '../contract/json.ts'

/** The schema in the subset that OpenAI enforces strictly; `undefined` when it can't be said in it. */
export const narrowForOpenAI = (_schema: JsonSchema): JsonSchema | undefined => undefined
