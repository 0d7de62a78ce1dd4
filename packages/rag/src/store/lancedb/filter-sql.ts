import type { Condition, Test } from '../filter/condition.ts'
import { toStorable } from '../storable.ts'
import { facetOf } from './rows.ts'

/** A text in SQL. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** A condition over rows of chunks; `undefined` for one that compares values of fields by their order, which LanceDB can't do in lists. */
export function chunksWhere(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'all':
      return joined(condition.of.map(chunksWhere), 'AND', 'true')
    case 'any':
      return joined(condition.of.map(chunksWhere), 'OR', 'false')
    case 'not': {
      const sql = chunksWhere(condition.of)
      return sql === undefined ? undefined : `(NOT ${sql})`
    }
    case 'exists':
      return condition.field === 'documentId' ? 'true' : hasAny([facetOf(condition.field)])
    case 'some':
      return condition.field === 'documentId'
        ? joined(condition.tests.map(ofDocument), 'AND', 'true')
        : ofFacets(condition.field, condition.tests)
  }
}

function ofFacets(field: string, tests: readonly Test[]): string | undefined {
  const lists = tests.map((test) => (test.op === 'in' ? test.values : undefined))
  const [first = []] = lists
  if (lists.includes(undefined)) return undefined
  return hasAny(
    first.filter((value) => lists.every((list) => list?.includes(value))).map((value) => facetOf(field, value)),
  )
}

const hasAny = (facets: readonly string[]) =>
  facets.length === 0 ? 'false' : `array_has_any(facets, [${facets.map(literal).join(', ')}])`

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function ofDocument(test: Test): string {
  const values = (test.op === 'in' ? test.values : [test.value]).filter((value) => typeof value === 'string')
  const literals = values.map((value) => literal(toStorable(value)))
  if (literals.length === 0) return 'false'
  return test.op === 'in' ? `document IN (${literals.join(', ')})` : `document ${comparisons[test.op]} ${literals[0]}`
}

/** Halved again and again, so that no expression is deep. */
function joined(parts: readonly (string | undefined)[], word: 'AND' | 'OR', none: string): string | undefined {
  if (parts.length < 2) return parts.length === 0 ? none : parts[0]
  const half = parts.length >> 1
  const [left, right] = [joined(parts.slice(0, half), word, none), joined(parts.slice(half), word, none)]
  return left === undefined || right === undefined ? undefined : `(${left} ${word} ${right})`
}
