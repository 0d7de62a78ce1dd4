import { Ajv2020 } from 'ajv/dist/2020.js'
// @ts-expect-error A file of another package: core does not publish its validator, and no build is made of tests.
import { compileSchema } from '../../../../core/src/schema/validate.ts'

/** Tells what core's validator and Ajv have against a value. Formats are left to the tests that know them; the few schemas that Ajv can't compile are left to core. */
export function validators(schema: unknown): (value: unknown) => unknown[] {
  const issuesOf: (value: unknown) => readonly unknown[] = compileSchema(
    typeof schema === 'boolean' ? { allOf: [schema] } : (schema as Record<string, unknown>),
  )
  const validate = ajvFor(schema)
  return (value) => [...issuesOf(value), ...(validate?.(value) === false ? (validate.errors ?? []) : [])]
}

/** One for all: to make one takes as long as to compile ten schemas. */
const ajv = new Ajv2020({
  strict: false,
  logger: false,
  validateFormats: false,
  multipleOfPrecision: 9,
  ownProperties: true,
  addUsedSchema: false,
})

function ajvFor(schema: unknown): ReturnType<Ajv2020['compile']> | undefined {
  try {
    return ajv.compile(schema as object)
  } catch {
    return undefined
  }
}
