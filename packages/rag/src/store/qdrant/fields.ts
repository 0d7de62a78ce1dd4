import { createHash } from 'node:crypto'
import type { Json } from '@anymodel/core'
import { toStorable } from '../storable.ts'

/** The name of a field in the payload: in names of Qdrant, dots and brackets have a meaning. */
export const fieldKey = (field: string): `f_${string}` =>
  `f_${createHash('sha256').update(toStorable(field)).digest('hex').slice(0, 24)}`

/** A value as a keyword, which tells texts from numbers. What can't be compared is `{}`. */
export const keywordOf = (value: Json): string => (typeof value === 'object' ? '{}' : toStorable(JSON.stringify(value)))
