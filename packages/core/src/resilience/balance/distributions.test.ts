import { describe, expect, it } from 'vitest'
import { drawBeta, drawGamma, drawNormal, normalBelow } from './distributions.ts'

/** Numbers of a linear congruential generator (Knuth's MMIX), the upper bits. */
function seeded(): () => number {
  let state = 1n
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(state >> 11n) / 2 ** 53
  }
}

function moments(draw: (random: () => number) => number): { mean: number; variance: number } {
  const random = seeded()
  const all = Array.from({ length: 40_000 }, () => draw(random))
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length
  return { mean, variance: all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length }
}

describe('drawn numbers have the mean and the variance of their distribution', () => {
  it('normal', () => {
    const { mean, variance } = moments(drawNormal)
    expect(mean).toBeCloseTo(0, 1)
    expect(variance).toBeCloseTo(1, 1)
  })

  it.each([
    [0.3, 2],
    [1, 1],
    [5, 0.5],
  ])('gamma %s, %s', (shape, rate) => {
    const { mean, variance } = moments((random) => drawGamma(shape, rate, random))
    expect(mean / (shape / rate)).toBeCloseTo(1, 1)
    expect(variance / (shape / rate ** 2)).toBeCloseTo(1, 1)
  })

  it.each([
    [0.1, 1.9],
    [2, 2],
    [9, 1],
  ])('beta %s, %s', (a, b) => {
    const { mean, variance } = moments((random) => drawBeta(a, b, random))
    expect(mean / (a / (a + b))).toBeCloseTo(1, 1)
    expect(variance / ((a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeCloseTo(1, 1)
  })
})

it('the share below a value is that of the tables', () => {
  for (const [z, share] of [
    [-3, 0.0013499],
    [-1, 0.1586553],
    [0, 0.5],
    [1.96, 0.9750021],
    [8, 1],
  ] as const)
    expect(normalBelow(z)).toBeCloseTo(share, 6)
})
