import type { Schema } from './document.ts'

/** What one alternative of a schema says: for each kind of value what it must be like; kinds that are absent are not allowed. All of its parts hold at once. */
export interface Shape {
  readonly plain: ReadonlySet<Plain>
  readonly number?: NumberRule | undefined
  readonly string?: StringRule | undefined
  readonly array?: ArrayRule | undefined
  readonly object?: ObjectRule | undefined
  /** Only these values, where the rest allows them. */
  readonly values?: readonly unknown[] | undefined
}

/** Values that have nothing to say about them. */
export type Plain = 'null' | 'true' | 'false'

/** Numbers. */
export interface NumberRule {
  readonly integer: boolean
  readonly min: Bound
  readonly max: Bound
  readonly multiples: readonly number[]
}

/** The end of a range. `open`: the end itself is outside. */
export interface Bound {
  readonly value: number
  readonly open: boolean
}

/** Strings. Lengths in code points. */
export interface StringRule {
  readonly min: number
  readonly max: number
  readonly patterns: readonly string[]
  /** Patterns of formats. They narrow what is written; what is valid they say nothing about, as the specification has it by default. */
  readonly formats: readonly string[]
}

/** Arrays. Every list of schemas is one schema: all of them hold. */
export interface ArrayRule {
  readonly prefix: readonly Schemas[]
  readonly rest: Schemas
  readonly min: number
  readonly max: number
  /** The pointer of a `uniqueItems`. */
  readonly unique: string | undefined
}

/** Schemas that all hold. */
export type Schemas = readonly Schema[]

/** Objects. */
export interface ObjectRule {
  readonly layers: readonly Layer[]
  readonly required: readonly string[]
  readonly min: number
  readonly max: number
}

/** What one schema says about the values under keys. Every layer holds. */
export interface Layer {
  readonly at: string
  readonly properties: ReadonlyMap<string, Schema>
  readonly patterns: readonly (readonly [pattern: string, schema: Schema])[]
  /** For keys that are neither named nor match. */
  readonly additional: Schema
  readonly names?: Schema | undefined
}

const infinite = Number.POSITIVE_INFINITY

export const anyNumber: NumberRule = {
  integer: false,
  min: { value: -infinite, open: false },
  max: { value: infinite, open: false },
  multiples: [],
}
export const anyText: StringRule = { min: 0, max: infinite, patterns: [], formats: [] }
export const anyArray: ArrayRule = { prefix: [], rest: [], min: 0, max: infinite, unique: undefined }
export const anyObject: ObjectRule = { layers: [], required: [], min: 0, max: infinite }

/** Any value. */
export const anyValue: Shape = {
  plain: new Set(['null', 'true', 'false']),
  number: anyNumber,
  string: anyText,
  array: anyArray,
  object: anyObject,
}

/** Only these values. */
export const onlyValues = (values: readonly unknown[]): Shape => ({ ...anyValue, values })

/** True for strings about which only a length is known. */
export const isFreeText = ({ patterns, formats }: StringRule): boolean => patterns.length === 0 && formats.length === 0

/** What both shapes say; `undefined` when no value can be both, as far as it is plain to see. */
export function intersectShapes(a: Shape, b: Shape): Shape | undefined {
  const shape: Shape = {
    plain: new Set([...a.plain].filter((one) => b.plain.has(one))),
    number: a.number && b.number && meetNumbers(a.number, b.number),
    string: a.string && b.string && meetStrings(a.string, b.string),
    array: a.array && b.array && meetArrays(a.array, b.array),
    object: a.object && b.object && meetObjects(a.object, b.object),
    values: meetValues(a.values, b.values),
  }
  const empty = shape.plain.size === 0 && !shape.number && !shape.string && !shape.array && !shape.object
  return empty || shape.values?.length === 0 ? undefined : shape
}

function meetNumbers(a: NumberRule, b: NumberRule): NumberRule | undefined {
  const rule = {
    integer: a.integer || b.integer,
    min: tighter(a.min, b.min, 1),
    max: tighter(a.max, b.max, -1),
    multiples: [...new Set([...a.multiples, ...b.multiples])],
  }
  const { min, max } = rule
  return min.value > max.value || (min.value === max.value && (min.open || max.open)) ? undefined : rule
}

/** `side` 1: the higher one; -1: the lower one. */
function tighter(a: Bound, b: Bound, side: 1 | -1): Bound {
  if (a.value === b.value) return a.open ? a : b
  return (a.value - b.value) * side > 0 ? a : b
}

function meetStrings(a: StringRule, b: StringRule): StringRule | undefined {
  const range = meetCounts(a, b)
  return (
    range && {
      ...range,
      patterns: [...new Set([...a.patterns, ...b.patterns])],
      formats: [...new Set([...a.formats, ...b.formats])],
    }
  )
}

function meetArrays(a: ArrayRule, b: ArrayRule): ArrayRule | undefined {
  const range = meetCounts(a, b)
  if (!range) return undefined
  const length = Math.max(a.prefix.length, b.prefix.length)
  const prefix = Array.from({ length }, (_, i) => meetSchemas(itemAt(a, i), itemAt(b, i)))
  return { ...range, prefix, rest: meetSchemas(a.rest, b.rest), unique: a.unique ?? b.unique }
}

function meetObjects(a: ObjectRule, b: ObjectRule): ObjectRule | undefined {
  const range = meetCounts(a, b)
  if (!range) return undefined
  return {
    ...range,
    layers: [...new Set([...a.layers, ...b.layers])],
    required: [...new Set([...a.required, ...b.required])],
  }
}

interface Counts {
  readonly min: number
  readonly max: number
}

function meetCounts(a: Counts, b: Counts): Counts | undefined {
  const min = Math.max(a.min, b.min)
  const max = Math.min(a.max, b.max)
  return min > max ? undefined : { min, max }
}

const meetSchemas = (a: Schemas, b: Schemas): Schemas => [...new Set([...a, ...b])]

/** The schemas of an array's item. */
export const itemAt = ({ prefix, rest }: ArrayRule, index: number): Schemas => prefix[index] ?? rest

function meetValues(
  a: readonly unknown[] | undefined,
  b: readonly unknown[] | undefined,
): readonly unknown[] | undefined {
  if (!a || !b) return a ?? b
  const known = new Set(b.map(sameText))
  return a.filter((value) => known.has(sameText(value)))
}

/** A text that is the same for values that JSON Schema calls equal, whatever the order of keys. */
export const sameText = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'undefined'
