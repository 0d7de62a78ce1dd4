import type { JsonSchema } from '../contract/json.ts'
import { AnyModelError } from '../errors.ts'
import { isStandardSchema, type Schema } from './standard-schema.ts'

/** The JSON Schema (draft 2020-12) of what a schema takes. */
export function toJsonSchema(schema: Schema): JsonSchema {
  if (!isStandardSchema(schema)) return schema
  const { vendor, jsonSchema } = schema['~standard']
  if (jsonSchema) return jsonSchema.input({ target: 'draft-2020-12' })
  throw new AnyModelError('invalid-argument', `This ${vendor} schema can't tell its JSON Schema.`)
}
