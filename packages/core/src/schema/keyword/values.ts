import { canonical } from '../canonical.ts'
import { compilePattern } from '../pattern.ts'
import { type Check, fail, type Run } from '../run.ts'
import { isList, isObject, isText, type Keyword, number, texts, wrong } from './keyword.ts'

const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  string: (value) => typeof value === 'string',
  array: isList,
  object: isObject,
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : isList(value) ? 'array' : value === undefined ? 'nothing' : typeof value

/** `type`. */
export const type: Keyword = (value, compiler) => {
  const names = typeof value === 'string' ? [value] : texts(value, compiler, 'type')
  const tests = names.map((name) => {
    if (!Object.hasOwn(typeTests, name)) throw wrong(compiler, 'type', `one of ${Object.keys(typeTests).join(', ')}`)
    return typeTests[name] as (value: unknown) => boolean
  })
  const words = `must be ${names.join(' or ')}`
  return (given, run) => tests.some((test) => test(given)) || fail(run, 'type', `${words}, not ${typeName(given)}`)
}

/** `enum`, and `const` as an enum of one. Equality is that of JSON: the order of keys does not count. */
export const oneOfValues = (keyword: string, values: readonly unknown[]): Check => {
  const wanted = new Set(values.map(canonical))
  const told = JSON.stringify(values.slice(0, 30)).slice(1, -1)
  const words = values.length === 1 ? `must be ${told}` : `must be one of ${told}`
  return (given, run) => wanted.has(canonical(given)) || fail(run, keyword, words)
}

/** A keyword that holds a number and looks at one kind of value. */
export const bound =
  <T>(
    keyword: string,
    isKind: (value: unknown) => value is T,
    fits: (given: T, limit: number) => boolean,
    words: string,
  ): Keyword =>
  (_value, compiler) => {
    const limit = number(compiler, keyword)
    const message = words.replace('#', String(limit))
    return (given, run) => !isKind(given) || fits(given, limit) || fail(run, keyword, message)
  }

/** Length in characters, not in UTF-16 code units. */
export function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** `multipleOf`. Fractions such as 0.1 have no exact value, so their multiples may be off by a hair. */
export function isMultiple(value: number, of: number): boolean {
  const times = value / of
  return Number.isInteger(times) || (Math.abs(times) < 1e9 && Math.abs(times - Math.round(times)) < 1e-9)
}

/** `pattern`. */
export const pattern: Keyword = (value, compiler) => {
  if (typeof value !== 'string') throw wrong(compiler, 'pattern', 'a text')
  const test = compilePattern(value)
  return (given, run) => !isText(given) || matches(test, given, run) || fail(run, 'pattern', `must match /${value}/`)
}

/** Tests a text against a pattern. After three tests that took too long, the rest counts as not matching. */
export function matches(test: ReturnType<typeof compilePattern>, text: string, run: Run): boolean {
  if (run.slow >= 3) return false
  const verdict = test(text)
  if (verdict === undefined) run.slow++
  return verdict ?? false
}
