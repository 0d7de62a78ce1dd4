import { AnyModelError } from '@anymodel/core'
import type { Condition, Scalar, Test } from '../filter/condition.ts'
import { fits } from '../filter/fits.ts'
import { fromStorable, toStorable } from '../storable.ts'
import { fieldKey, keywordOf } from './fields.ts'
import type { Ask } from './rest.ts'

/** A filter of Qdrant. https://api.qdrant.tech */
export interface QdrantFilter {
  readonly must?: readonly QdrantCondition[]
  readonly should?: readonly QdrantCondition[]
  readonly must_not?: readonly QdrantCondition[]
}

type QdrantCondition =
  | QdrantFilter
  | { readonly key: string; readonly match: { readonly value: string } | { readonly any: readonly string[] } }
  | { readonly key: string; readonly range: { readonly lt?: number } }
  | { readonly is_empty: { readonly key: string } }
  | { readonly has_id: readonly string[] }

/** So many different values a field may have that is compared by order. */
const mostValues = 50_000

const nothing: QdrantFilter = { must: [{ has_id: [] }] }

export const matches = (key: string, value: string): QdrantCondition => ({ key, match: { value } })
export const matchesAny = (key: string, values: readonly string[]): QdrantCondition =>
  values.length === 0 ? nothing : { key, match: { any: values } }

/** Asks the server for the values that there are of fields that are compared by order: Qdrant orders numbers only, and no texts. */
export async function toQdrantFilter(
  condition: Condition,
  ask: Ask,
  collection: string,
  signal?: AbortSignal,
): Promise<QdrantFilter> {
  const convert = (each: Condition) => toQdrantFilter(each, ask, collection, signal)
  switch (condition.kind) {
    case 'all':
      return { must: await Promise.all(condition.of.map(convert)) }
    case 'any':
      return condition.of.length === 0 ? nothing : { should: await Promise.all(condition.of.map(convert)) }
    case 'not':
      return { must_not: [await convert(condition.of)] }
    case 'exists':
      return condition.field === 'documentId' ? {} : { must_not: [{ is_empty: { key: fieldKey(condition.field) } }] }
    case 'some': {
      const { field, tests } = condition
      const values = onlyEqual(tests) ?? (await valuesOf(field, ask, collection, signal))
      const metadata = (value: Scalar) => ({ documentId: String(value), metadata: { [field]: value } })
      const fitting = values.filter((value) => fits(condition, metadata(value)))
      return field === 'documentId'
        ? { must: [matchesAny('document', fitting.filter((each) => typeof each === 'string').map(toStorable))] }
        : { must: [matchesAny(fieldKey(field), fitting.map(keywordOf))] }
    }
  }
}

const onlyEqual = (tests: readonly Test[]): readonly Scalar[] | undefined =>
  tests.find((test) => test.op === 'in')?.values

async function valuesOf(field: string, ask: Ask, collection: string, signal?: AbortSignal): Promise<Scalar[]> {
  const own = field === 'documentId'
  const body = { key: own ? 'document' : fieldKey(field), limit: mostValues + 1, exact: true }
  const { hits } = await ask<{ hits: { value: string }[] }>('POST', `/collections/${collection}/facet`, body, signal)
  if (hits.length > mostValues)
    throw new AnyModelError(
      'unsupported',
      `"${field}" has more than ${mostValues} different values: with Qdrant it can't be compared by order. Keep a coarser value beside it, such as the year of a date.`,
    )
  const texts = hits.map(({ value }) => fromStorable(value))
  return own ? texts : texts.filter((text) => text !== '{}').map((text) => JSON.parse(text) as Scalar)
}
