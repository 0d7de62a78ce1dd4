import type { JsonSchema } from '../contract/json.ts'
import { AnyModelError } from '../errors.ts'
import { isStandardSchema, type Schema, type StandardSchema } from './standard-schema.ts'

const converted = new WeakMap<StandardSchema, JsonSchema>()

/** The JSON Schema (draft 2020-12) of what a schema takes. Converted once per schema object. Throws `invalid-argument` for a schema that can't tell. */
export function toJsonSchema(schema: Schema): JsonSchema {
  if (!isStandardSchema(schema)) return schema
  let json = converted.get(schema)
  if (!json) {
    json = convert(schema)
    converted.set(schema, json)
  }
  return json
}

function convert(schema: StandardSchema): JsonSchema {
  const { vendor, jsonSchema } = schema['~standard']
  const wayOut = 'Give it one: withJsonSchema(schema, jsonSchema).'
  if (!jsonSchema) {
    const more = vendor === 'valibot' ? " For valibot, toJsonSchema of '@valibot/to-json-schema' makes it." : ''
    throw new AnyModelError('invalid-argument', `This ${vendor} schema can't tell its JSON Schema. ${wayOut}${more}`)
  }
  try {
    return jsonSchema.input({ target: 'draft-2020-12' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AnyModelError('invalid-argument', `This ${vendor} schema has no JSON Schema: ${reason}. ${wayOut}`, {
      cause,
    })
  }
}
