/** A number from 0 to 1, 1 excluded, as `Math.random` gives it. */
type Random = () => number

/** Draws from the standard normal distribution. Box and Muller, https://doi.org/10.1214/aoms/1177706645 */
export const drawNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Draws from a gamma distribution with mean `shape / rate`. Marsaglia and Tsang, https://doi.org/10.1145/358407.358414 */
export function drawGamma(shape: number, rate: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, rate, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return (d * v) / rate
  }
}

/** Draws a share from a beta distribution: about `a / (a + b)`, the closer the larger both are. */
export function drawBeta(a: number, b: number, random: Random): number {
  const left = drawGamma(a, 1, random)
  const right = drawGamma(b, 1, random)
  return left + right > 0 ? left / (left + right) : a / (a + b)
}

/** The share of a standard normal distribution below `z`, within 1e-7. Abramowitz and Stegun, 26.2.17. */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z >= 0 ? 1 - tail : tail
}
