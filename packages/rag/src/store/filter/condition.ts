import { AnyModelError } from '@anymodel/core'
import type { FieldFilter, Filter } from '../../contract.ts'

/** A value that is compared; what is `null` or missing is asked for with `exists`. */
export type Scalar = string | number | boolean

/** What one value of a field must be like. */
export type Test =
  | { readonly op: 'in'; readonly values: readonly Scalar[] }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: string | number }

/** A filter in few words, for stores to translate. `some`: one value of the field passes all tests. `exists`: the field is there and neither `null` nor an empty list. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'some'; readonly field: string; readonly tests: readonly Test[] }
  | { readonly kind: 'exists'; readonly field: string }

const most = { depth: 32, parts: 10_000 }

/**
 * The condition that a filter states. Throws `invalid-argument` for what is no filter: a field that is `undefined` (it would let everything through), an unknown comparison, a list where a value is
 * expected, more than 32 levels or 10,000 parts.
 */
export function toCondition(filter: Filter): Condition {
  let parts = 0
  const count = (more: number) => {
    parts += more
    if (parts > most.parts) throw wrong(`it has more than ${most.parts} parts.`)
  }
  const convert = (part: unknown, depth: number): Condition => {
    if (depth > most.depth) throw wrong(`it has more than ${most.depth} levels.`)
    if (!isRecord(part)) throw wrong('every part of it must be an object like { language: "de" }.')
    const of = Object.entries(part).map(([key, value]): Condition => {
      count(1)
      if (key === 'not') return { kind: 'not', of: convert(value, depth + 1) }
      if (key !== 'and' && key !== 'or') return fieldCondition(key, value as FieldFilter, count)
      if (!Array.isArray(value)) throw wrong(`"${key}" takes a list of filters.`)
      return { kind: key === 'and' ? 'all' : 'any', of: value.map((each) => convert(each, depth + 1)) }
    })
    return of.length === 1 ? (of[0] as Condition) : { kind: 'all', of }
  }
  return convert(filter, 1)
}

function fieldCondition(field: string, filter: FieldFilter, count: (more: number) => void): Condition {
  if (!isRecord(filter)) return isAnyOf(field, [filter])
  const of: Condition[] = []
  const tests: Test[] = []
  for (const [op, value] of Object.entries(filter)) {
    if (op === 'eq') of.push(isAnyOf(field, [value]))
    else if (op === 'ne') of.push({ kind: 'not', of: isAnyOf(field, [value]) })
    else if (op === 'exists') of.push(exists(field, value))
    else if (op === 'in') {
      if (!Array.isArray(value)) throw wrong(`"in" of "${field}" takes a list of values.`)
      count(value.length)
      of.push(isAnyOf(field, value))
    } else tests.push(bound(field, op, value))
  }
  // One value must pass all of them, so what is plain is joined.
  const plain = of.filter((each) => each.kind === 'some')
  tests.push(...plain.flatMap((each) => each.tests))
  if (tests.length > 0)
    return { kind: 'all', of: [...of.filter((each) => each.kind !== 'some'), { kind: 'some', field, tests }] }
  return { kind: 'all', of }
}

function isAnyOf(field: string, values: readonly unknown[]): Condition {
  const scalars = values.filter((value) => value !== null).map((value) => scalar(field, value))
  const some: Condition = { kind: 'some', field, tests: [{ op: 'in', values: scalars }] }
  if (scalars.length === values.length) return some
  const missing: Condition = { kind: 'not', of: { kind: 'exists', field } }
  return scalars.length === 0 ? missing : { kind: 'any', of: [missing, some] }
}

function exists(field: string, value: unknown): Condition {
  if (typeof value !== 'boolean') throw wrong(`"exists" of "${field}" takes true or false.`)
  return value ? { kind: 'exists', field } : { kind: 'not', of: { kind: 'exists', field } }
}

function bound(field: string, op: string, value: unknown): Test {
  if (op !== 'gt' && op !== 'gte' && op !== 'lt' && op !== 'lte')
    throw wrong(`"${field}" has no comparison "${op}": there are eq, ne, in, gt, gte, lt, lte and exists.`)
  const limit = scalar(field, value)
  if (typeof limit === 'boolean') throw wrong(`"${op}" of "${field}" takes a text or a number.`)
  return { op, value: limit }
}

function scalar(field: string, value: unknown): Scalar {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value as Scalar
  throw wrong(
    `"${field}" is compared with ${value === undefined ? 'undefined, which would let everything through' : 'something that is no text, finite number, boolean or null'}.`,
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (why: string) => new AnyModelError('invalid-argument', `The filter can't be used: ${why}`)
