import { z } from 'zod'
import { durationPattern } from './duration.ts'

// Words of the grammar. A schema's error is a noun, what was expected, or (of unknown keys) the keys there are: `explain.ts` makes sentences of them.

export const text = (expected = 'a text') => z.string({ error: expected }).min(1, expected)
export const number = z.number({ error: 'a number' })
export const whole = (expected: string, least: number) => z.int({ error: expected }).min(least, expected)
export const positive = whole('a whole number above 0', 1)
export const flag = z.boolean({ error: 'true or false' })
export const texts = z.record(z.string(), text(), { error: 'a map of texts' })
export const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, { error: `one of ${names.join(', ')}` })

export const map = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : 'a map'),
  })

export const duration = z
  .string({ error: 'a duration such as 250ms, 3s or 2m' })
  .regex(durationPattern, 'a duration such as 250ms, 3s or 2m')
