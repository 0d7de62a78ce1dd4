import type { JsonSchema } from '../contract/json.ts'
import { type Issue, isStandardSchema, type Schema, type StandardSchema } from './standard-schema.ts'
import { toJsonSchema } from './to-json-schema.ts'

export type Checked = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

/** Tells whether a value fits. */
export type Checker = (value: unknown) => Checked | Promise<Checked>

const checkers = new WeakMap<JsonSchema, Checker>()

/**
 * Checks a value against a schema; gives the value as the schema outputs it, or what is wrong with it. Nulls that stand for absent optional properties (as strictly enforced schemas make
 * models write them) are taken out where the schema has no null.
 */
export async function check(schema: Schema, value: unknown): Promise<Checked> {
  const checker = await toChecker(schema)
  const checked = await checker(value)
  if (!checked.issues || !hasNull(value, 0)) return checked
  const { widen } = await import('./widen.ts')
  const widened = widen(value, jsonSchemaOf(schema))
  const again = widened === value ? checked : await checker(widened)
  return again.issues ? checked : again
}

/** Prepares the check of many values. Throws `invalid-argument` for a JSON Schema that is not one. */
export async function toChecker(schema: Schema): Promise<Checker> {
  if (isStandardSchema(schema)) return (value) => checkStandard(schema, value)
  const known = checkers.get(schema)
  if (known) return known
  const { compileSchema } = await import('./validate.ts')
  const issuesOf = compileSchema(schema)
  const checker: Checker = (value) => {
    const issues = issuesOf(value)
    return issues.length > 0 ? { issues } : { value }
  }
  checkers.set(schema, checker)
  return checker
}

async function checkStandard(schema: StandardSchema, value: unknown): Promise<Checked> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return { value: result.value }
  return {
    issues: result.issues.map(({ path = [], message }) => ({
      path: path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
      message,
    })),
  }
}

/** A schema that can't tell its JSON Schema was never narrowed, so no null stands for anything. */
function jsonSchemaOf(schema: Schema): JsonSchema {
  try {
    return toJsonSchema(schema)
  } catch {
    return {}
  }
}

function hasNull(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || depth > 200) return false
  return value === null || Object.values(value).some((item) => hasNull(item, depth + 1))
}
