import type { Condition, Scalar, Test } from '../filter/condition.ts'
import { toStorable } from '../storable.ts'

/** Adds a value to those of a statement and gives its place: `$1`. */
export type Bind = (value: unknown) => string

/** A condition over rows of the chunks. */
export function chunksWhere(condition: Condition, bind: Bind): string {
  switch (condition.kind) {
    case 'all':
      return joined(
        condition.of.map((each) => chunksWhere(each, bind)),
        'AND',
        'true',
      )
    case 'any':
      return joined(
        condition.of.map((each) => chunksWhere(each, bind)),
        'OR',
        'false',
      )
    case 'not':
      return `NOT ${chunksWhere(condition.of, bind)}`
    case 'exists':
      return condition.field === 'documentId' ? 'true' : `jsonb_exists(facets, ${bind(toStorable(condition.field))})`
    case 'some':
      return condition.field === 'documentId'
        ? joined(
            condition.tests.map((test) => ofText(test, 'document', bind)),
            'AND',
            'true',
          )
        : ofFacets(condition.field, condition.tests, bind)
  }
}

/** One value of the field must pass all tests. For a single value, the index answers. */
function ofFacets(field: string, tests: readonly Test[], bind: Bind): string {
  const [first] = tests
  if (tests.length === 1 && first?.op === 'in' && first.values.length === 1)
    return `facets @> ${bind(JSON.stringify({ [toStorable(field)]: first.values.map(storable) }))}::jsonb`
  const passes = tests.map((test) => ofValue(test, bind))
  return `EXISTS (SELECT 1 FROM jsonb_array_elements(facets -> ${bind(toStorable(field))}) AS value WHERE ${joined(passes, 'AND', 'true')})`
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function ofValue(test: Test, bind: Bind): string {
  if (test.op === 'in')
    return `value = ANY (${bind(test.values.map((each) => JSON.stringify(storable(each))))}::jsonb[])`
  const [type, compared] =
    typeof test.value === 'number' ? ['number', 'value::numeric'] : ['string', `(value #>> '{}')`]
  const limit =
    typeof test.value === 'number' ? `${bind(test.value)}::numeric` : `${bind(toStorable(test.value))} COLLATE "C"`
  return `CASE WHEN jsonb_typeof(value) = '${type}' THEN ${compared} ${comparisons[test.op]} ${limit} ELSE false END`
}

function ofText(test: Test, column: string, bind: Bind): string {
  if (test.op === 'in')
    return `${column} = ANY (${bind(test.values.filter((each) => typeof each === 'string').map(toStorable))}::text[])`
  return typeof test.value === 'string' ? `${column} ${comparisons[test.op]} ${bind(toStorable(test.value))}` : 'false'
}

const storable = (value: Scalar) => (typeof value === 'string' ? toStorable(value) : value)

const joined = (parts: readonly string[], word: 'AND' | 'OR', none: string) =>
  parts.length === 0 ? none : `(${parts.join(` ${word} `)})`
