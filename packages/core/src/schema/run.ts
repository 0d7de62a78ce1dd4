import type { JsonSchema } from '../contract/json.ts'
import type { Resource, Resources } from './resources.ts'

/** What one check of a value carries along. */
export interface Run {
  /** Where in the value the check is. */
  readonly path: (string | number)[]
  /** What is wrong so far; absent while only the verdict counts. */
  issues: Found[] | undefined
  /** Resources entered, for `$dynamicRef`. */
  readonly scope: Resource[]
  /** Patterns that ran out of time. */
  slow: number
  depth: number
  steps: number
}

/** An issue before it is told. */
export interface Found {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly keyword: string
}

/** What of an object or array the schemas so far have looked at, for `unevaluatedProperties` and `unevaluatedItems`. */
export interface Seen {
  readonly keys: Set<string>
  readonly indexes: Set<number>
}

/** One compiled schema or keyword: true when the value fits. */
export type Check = (value: unknown, run: Run, seen: Seen | undefined) => boolean

/** What keywords need while they are compiled. */
export interface Compiler {
  readonly resources: Resources
  /** The schema that the keyword stands in. */
  readonly schema: JsonSchema
  /** Where that is, for messages. */
  readonly at: string
  compile(schema: unknown, at: string): Check
}

/** Deeper values (and schemas) are refused, so that none can overflow the stack. */
export const deepest = 400
const mostIssues = 50
/** Ends a run that takes too much. */
export const tooMuch = new Error('too much')

/** Adds an issue where the run is. Always false, the verdict. */
export function fail(run: Run, keyword: string, message: string, key?: string | number): false {
  if (run.issues && run.issues.length < mostIssues)
    run.issues.push({ path: key === undefined ? [...run.path] : [...run.path, key], message, keyword })
  return false
}

/** Throws when a check nests too deeply. */
export function guardDepth(depth: number): void {
  if (depth > deepest) throw tooMuch
}

/** What one branch looked at, its parent has. */
export function mergeSeen(to: Seen, from: Seen): void {
  for (const key of from.keys) to.keys.add(key)
  for (const index of from.indexes) to.indexes.add(index)
}
