import type { InValue } from '@libsql/client'
import type { Condition, Scalar, Test } from '../filter/condition.ts'
import { type Facet, facetValue } from '../filter/facets.ts'
import { toStorable } from '../storable.ts'

/** A piece of SQL with the values of its question marks. */
export interface Sql {
  readonly sql: string
  readonly args: readonly InValue[]
}

/** A condition over rows of `facts`. */
export function factsWhere(condition: Condition): Sql {
  switch (condition.kind) {
    case 'all':
      return joined(condition.of.map(factsWhere), 'AND', '1')
    case 'any':
      return joined(condition.of.map(factsWhere), 'OR', '0')
    case 'not': {
      const { sql, args } = factsWhere(condition.of)
      return { sql: `NOT ${sql}`, args }
    }
    case 'exists':
      return condition.field === 'documentId'
        ? { sql: '1', args: [] }
        : { sql: '(key IN (SELECT facts FROM facets WHERE field = ?))', args: [toStorable(condition.field)] }
    case 'some':
      return condition.field === 'documentId' ? ofDocument(condition.tests) : ofFacet(condition.field, condition.tests)
  }
}

function ofDocument(tests: readonly Test[]): Sql {
  const { sql, args } = joined(
    tests.map((test) => passes(test, 'text', 'id')),
    'AND',
    '1',
  )
  return { sql: `(document IN (SELECT key FROM documents WHERE ${sql}))`, args }
}

/** One facet must pass all tests, so they are all about one column of it. */
function ofFacet(field: string, tests: readonly Test[]): Sql {
  const of = (['text', 'number', 'boolean'] as const).map((type) => {
    const { sql, args } = joined(
      tests.map((test) => passes(test, type, type === 'text' ? 'text' : 'number')),
      'AND',
      '1',
    )
    return { sql: `(type = '${type}' AND ${sql})`, args }
  })
  const { sql, args } = joined(of, 'OR', '0')
  return { sql: `(key IN (SELECT facts FROM facets WHERE field = ? AND ${sql}))`, args: [toStorable(field), ...args] }
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function passes(test: Test, type: Facet['type'], column: string): Sql {
  const values = (test.op === 'in' ? test.values : [test.value])
    .map((value: Scalar) => facetValue(value))
    .filter((facet) => facet.type === type)
    .map(({ text, number }) => text ?? number)
  if (values.length === 0) return { sql: '0', args: [] }
  if (test.op === 'in') return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, args: values }
  return { sql: `${column} ${comparisons[test.op]} ?`, args: values }
}

/** Halved again and again, since SQLite allows no expression of more than 1,000 levels. */
function joined(parts: readonly Sql[], word: 'AND' | 'OR', none: string): Sql {
  if (parts.length === 0) return { sql: none, args: [] }
  if (parts.length === 1) return parts[0] as Sql
  const half = parts.length >> 1
  const [left, right] = [joined(parts.slice(0, half), word, none), joined(parts.slice(half), word, none)]
  return { sql: `(${left.sql} ${word} ${right.sql})`, args: [...left.args, ...right.args] }
}
