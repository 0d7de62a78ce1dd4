import { type NumberRule, onlyValues, type Plain, type Shape } from './shape.ts'
import type { Strings } from './strings.ts'

/** True for values that hold no others. */
export const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null

/** Constants of several alternatives are one list. */
export function joined(shapes: readonly Shape[]): readonly Shape[] {
  const constants = shapes.filter(({ values }) => values?.every(isScalar))
  if (constants.length < 2) return shapes
  const values = constants.flatMap((shape) => shape.values ?? [])
  return [...shapes.filter((shape) => !constants.includes(shape)), onlyValues(values)]
}

/** True when a shape, its list of values aside, allows a value that holds no others. */
export function admitsScalar(strings: Strings, shape: Shape, value: unknown): boolean {
  if (typeof value === 'string') return shape.string !== undefined && strings.admits(shape.string, value)
  if (typeof value === 'number') return shape.number !== undefined && admitsNumber(shape.number, value)
  return shape.plain.has(String(value) as Plain)
}

function admitsNumber({ integer, min, max, multiples }: NumberRule, value: number): boolean {
  return (
    (!integer || Number.isInteger(value)) &&
    (min.open ? value > min.value : value >= min.value) &&
    (max.open ? value < max.value : value <= max.value) &&
    multiples.every((multiple) => isMultiple(value, multiple))
  )
}

/** Fractions have no exact value: a quotient that is this close to a whole number is one. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of
  return Number.isInteger(times) || (Math.abs(times) < 1e9 && Math.abs(times - Math.round(times)) < 1e-9)
}
