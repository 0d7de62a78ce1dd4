import { AnyModelError } from '../../errors.ts'
import { isSchemaObject } from '../pointer.ts'
import { type Check, type Compiler, mergeSeen, type Run, type Seen } from '../run.ts'

/** Compiles what a keyword holds. */
export type Keyword = (value: unknown, compiler: Compiler) => Check
/** An object of any keys. */
export type Fields = Readonly<Record<string, unknown>>

/* The kinds of values that keywords tell apart. */

export const isList = Array.isArray as (value: unknown) => value is readonly unknown[]
export const isObject = isSchemaObject as (value: unknown) => value is Fields
export const isNumber = (value: unknown): value is number => typeof value === 'number'
export const isText = (value: unknown): value is string => typeof value === 'string'

/** The error for a keyword that holds what it must not. */
export const wrong = ({ at }: Compiler, keyword: string, wanted: string): AnyModelError =>
  new AnyModelError('invalid-argument', `The schema's ${keyword} at ${at} must be ${wanted}.`)

/** The number that a keyword holds. */
export function number(compiler: Compiler, keyword: string): number {
  const value = compiler.schema[keyword]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw wrong(compiler, keyword, 'a number')
}

/** The texts that a keyword holds. */
export function texts(value: unknown, compiler: Compiler, keyword: string): readonly string[] {
  if (isList(value) && value.every((item) => typeof item === 'string')) return value
  throw wrong(compiler, keyword, 'an array of texts')
}

/** The schemas that a keyword holds in a list, compiled. */
export function schemas(value: unknown, compiler: Compiler, keyword: string): readonly Check[] {
  if (!isList(value)) throw wrong(compiler, keyword, 'an array of schemas')
  return value.map((one, index) => compiler.compile(one, `${compiler.at}/${keyword}/${index}`))
}

/** The schemas that a keyword holds by key, compiled. */
export function schemaMap(value: unknown, compiler: Compiler, keyword: string): Map<string, Check> {
  if (value === undefined) return new Map()
  if (!isObject(value)) throw wrong(compiler, keyword, 'an object of schemas')
  const entries = Object.entries(value)
  return new Map(entries.map(([key, one]) => [key, compiler.compile(one, `${compiler.at}/${keyword}/${key}`)]))
}

/** Applies a schema to what stands under a key or index. */
export function inside(check: Check, value: unknown, key: string | number, run: Run): boolean {
  run.path.push(key)
  const fits = check(value, run, undefined)
  run.path.pop()
  return fits
}

/** Applies a schema to the same value; what it looked at counts only when it fits. */
export function branch(check: Check, value: unknown, run: Run, seen: Seen | undefined): boolean {
  if (!seen) return check(value, run, undefined)
  const own: Seen = { keys: new Set(), indexes: new Set() }
  const fits = check(value, run, own)
  if (fits) mergeSeen(seen, own)
  return fits
}

/** Runs a check for its verdict only. */
export function quiet(run: Run, check: () => boolean): boolean {
  const { issues } = run
  run.issues = undefined
  const fits = check()
  run.issues = issues
  return fits
}

/** Applies every one of some schemas to the same value. */
export const all =
  (checks: readonly Check[]): Check =>
  (value, run, seen) => {
    let fits = true
    for (const check of checks) if (!branch(check, value, run, seen)) fits = false
    return fits
  }
