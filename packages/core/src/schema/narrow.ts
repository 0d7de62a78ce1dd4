import type { JsonSchema } from '../contract/json.ts'
import { type Rules, rewrite } from './rewrite.ts'

/** https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas */
const openai: Rules = {
  keep: ['pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems'],
  formats: ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'],
  optional: 'nullable',
  open: false,
  tuples: false,
  const: true,
  recursion: 'anywhere',
  limits: { properties: 5_000, depth: 10, characters: 120_000, enumValues: 1_000 },
}

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations */
const anthropic: Rules = {
  keep: ['pattern', 'default'],
  minItems: 1,
  formats: ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
  optional: 'kept',
  open: false,
  tuples: false,
  const: true,
  recursion: 'nowhere',
  limits: { optional: 24, unions: 16 },
}

/** https://ai.google.dev/api/generate-content#FIELDS.response_json_schema */
const gemini: Rules = {
  keep: ['minimum', 'maximum', 'minItems', 'maxItems'],
  formats: ['date-time', 'date', 'time'],
  optional: 'kept',
  open: true,
  tuples: true,
  const: false,
  recursion: 'below-optional',
  limits: {},
}

const cached = (rules: Rules) => {
  const known = new WeakMap<JsonSchema, JsonSchema | false>()
  return (schema: JsonSchema): JsonSchema | undefined => {
    let narrowed = known.get(schema)
    if (narrowed === undefined) {
      narrowed = rewrite(schema, rules) ?? false
      known.set(schema, narrowed)
    }
    return narrowed || undefined
  }
}

/**
 * The schema in the subset that OpenAI enforces strictly; `undefined` when it can't be said in it.
 *
 * Keywords that are not in the subset move into descriptions, optional properties become required ones that may be null: `widen` takes those nulls out of the answer again.
 */
export const narrowForOpenAI = cached(openai)

/**
 * The schema in the subset that Anthropic's structured outputs and strict tools enforce; `undefined` when it can't be said in it.
 *
 * The service's limits on optional properties (24) and unions (16) hold for all schemas of a request together; here they are checked for one.
 */
export const narrowForAnthropic = cached(anthropic)

/** The schema in the subset that Gemini's `responseJsonSchema` and `parametersJsonSchema` take; `undefined` when it can't be said in it. */
export const narrowForGemini = cached(gemini)

/** Services whose subsets are known. */
export type SchemaSubset = 'openai' | 'anthropic' | 'gemini'

/** The three by name. */
export const narrowFor: Readonly<Record<SchemaSubset, (schema: JsonSchema) => JsonSchema | undefined>> = {
  openai: narrowForOpenAI,
  anthropic: narrowForAnthropic,
  gemini: narrowForGemini,
}
