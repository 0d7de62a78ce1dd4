import type { Json } from '@anymodel/core'
import type { Metadata } from '../../contract.ts'
import { toStorable } from '../storable.ts'
import type { Scalar } from './condition.ts'

/** One value of a field, as databases that filter by rows keep it. `other` is a value that is there, but can't be compared: an object or a list in a list. */
export interface Facet {
  readonly field: string
  readonly type: 'text' | 'number' | 'boolean' | 'other'
  readonly text: string | null
  /** A boolean is 0 or 1. */
  readonly number: number | null
}

/** The values of metadata that filters may ask for. What is `null` has none. */
export const facetsOf = (metadata: Metadata): Facet[] =>
  Object.entries(metadata).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value as Json])
      .filter((each) => each !== null)
      .map((each) => ({ field: toStorable(field), ...facetValue(each as Scalar | object) })),
  )

/** How a value is kept and compared. */
export function facetValue(value: Scalar | object): Omit<Facet, 'field'> {
  if (typeof value === 'string') return { type: 'text', text: toStorable(value), number: null }
  if (typeof value === 'number') return { type: 'number', text: null, number: value }
  if (typeof value === 'boolean') return { type: 'boolean', text: null, number: Number(value) }
  return { type: 'other', text: null, number: null }
}
