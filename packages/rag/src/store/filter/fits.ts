import type { Json } from '@anymodel/core'
import type { StoredChunk } from '../../contract.ts'
import { compareText } from '../compare-text.ts'
import type { Condition, Scalar, Test } from './condition.ts'

type Filtered = Pick<StoredChunk, 'documentId' | 'metadata'>

/** Whether a chunk fits a condition: what filters mean, in every store. */
export function fits(condition: Condition, chunk: Filtered): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((each) => fits(each, chunk))
    case 'any':
      return condition.of.some((each) => fits(each, chunk))
    case 'not':
      return !fits(condition.of, chunk)
    case 'exists':
      return valuesOf(chunk, condition.field).some((value) => value !== null)
    case 'some':
      return valuesOf(chunk, condition.field).some(
        (value) => isScalar(value) && condition.tests.every((test) => passes(test, value)),
      )
  }
}

function valuesOf({ documentId, metadata }: Filtered, field: string): readonly Json[] {
  if (field === 'documentId') return [documentId]
  const value = Object.hasOwn(metadata, field) ? metadata[field] : undefined
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as Json]
}

function passes(test: Test, value: Scalar): boolean {
  if (test.op === 'in') return test.values.includes(value)
  if (typeof value !== typeof test.value) return false
  const order =
    typeof value === 'string' ? compareText(value, test.value as string) : (value as number) - (test.value as number)
  switch (test.op) {
    case 'gt':
      return order > 0
    case 'gte':
      return order >= 0
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
  }
}

const isScalar = (value: Json): value is Scalar => value !== null && typeof value !== 'object'
