import type { JsonSchema } from '../contract/json.ts'
import { AnyModelError } from '../errors.ts'
import { keywordsIn } from './keyword/index.ts'
import { isSchemaObject } from './pointer.ts'
import { collectResources, type Resource } from './resources.ts'
import { type Check, type Compiler, deepest, fail, mergeSeen, type Run, type Seen, tooMuch } from './run.ts'
import type { Issue } from './standard-schema.ts'

/** Schemas that multiply themselves end here. */
const mostSteps = 5_000_000

/**
 * Compiles a JSON Schema (draft 2020-12; draft 7 where its keywords differ) to a function that tells what is wrong with a value.
 *
 * `format` and `content*` are annotations, as the specification has it by default. References to other documents and custom meta-schemas are not followed. Throws `invalid-argument` for a
 * schema that is not one.
 */
export function compileSchema(schema: JsonSchema): (value: unknown) => readonly Issue[] {
  const check = compiledWithin(schema)
  return (value) => {
    const run: Run = { path: [], issues: [], scope: [], slow: 0, depth: 0, steps: 0 }
    try {
      check(value, run, undefined)
    } catch (error) {
      if (error !== tooMuch) throw error
      return [
        {
          path: run.path.slice(0, 10).join('.'),
          message: 'nests too deeply, or the schema takes too long, to be checked',
        },
      ]
    }
    return (run.issues ?? []).map(({ path, message }) => ({ path: path.join('.'), message }))
  }
}

function compiledWithin(schema: JsonSchema): Check {
  try {
    return compiled(schema)
  } catch (error) {
    throw error === tooMuch ? new AnyModelError('invalid-argument', 'The schema nests too deeply.') : error
  }
}

function compiled(root: JsonSchema): Check {
  const resources = collectResources(root)
  const onlyRefs = typeof root.$schema === 'string' && /draft-0[3-7]/.test(root.$schema)
  const nodes = new Map<unknown, { check: Check }>()
  let depth = 0

  const compile = (schema: unknown, at: string): Check => {
    if (schema === true) return () => true
    if (schema === false) return (_value, run) => fail(run, 'false', 'is not allowed')
    if (!isSchemaObject(schema)) throw new AnyModelError('invalid-argument', `The schema has no schema at ${at}.`)
    const known = nodes.get(schema)
    if (known) return (value, run, seen) => known.check(value, run, seen)
    const node = { check: (() => true) as Check }
    nodes.set(schema, node)
    if (++depth > deepest) throw tooMuch
    node.check = entered(schema, resources.of(schema), checks(schema, at))
    depth--
    return node.check
  }
  const checks = (schema: JsonSchema, at: string): readonly Check[] => {
    const compiler: Compiler = { resources, schema, at, compile }
    const told = onlyRefs && schema.$ref !== undefined ? { $ref: schema.$ref } : schema
    return keywordsIn(told).map(({ name, keyword }) => keyword(schema[name], compiler))
  }
  return compile(root, '#')
}

/** All keywords of one schema, with the bounds kept. */
function entered(schema: JsonSchema, resource: Resource, checks: readonly Check[]): Check {
  const tracks = schema.unevaluatedProperties !== undefined || schema.unevaluatedItems !== undefined
  return (value, run, outer) => {
    if (++run.steps > mostSteps || ++run.depth > deepest) throw tooMuch
    run.scope.push(resource)
    const seen: Seen | undefined = tracks ? { keys: new Set(), indexes: new Set() } : outer
    let fits = true
    for (const check of checks) if (!check(value, run, seen)) fits = false
    if (fits && outer && seen && seen !== outer) mergeSeen(outer, seen)
    run.scope.pop()
    run.depth--
    return fits
  }
}
