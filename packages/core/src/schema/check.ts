import { type Issue, isStandardSchema, type Schema } from './standard-schema.ts'

export type Checked = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

/** Checks a value against a schema; gives the value as the schema outputs it, or what is wrong with it. */
export async function check(schema: Schema, value: unknown): Promise<Checked> {
  if (!isStandardSchema(schema)) return { value }
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return { value: result.value }
  return {
    issues: result.issues.map(({ path = [], message }) => ({
      path: path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
      message,
    })),
  }
}
