/** Rounds to the nearest whole number, halves to the even one, as numpy and IEEE 754 do. */
export function roundEven(value: number): number {
  const rounded = Math.round(value)
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
