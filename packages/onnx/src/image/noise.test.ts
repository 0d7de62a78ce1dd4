import { expect, it } from 'vitest'
import { seededNoise } from './noise.ts'

it('is normally distributed', () => {
  const values = seededNoise(1)(200_001)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length
  const within = (bound: number) => values.filter((value) => Math.abs(value) < bound).length / values.length
  expect(Math.abs(mean)).toBeLessThan(0.01)
  expect(Math.abs(variance - 1)).toBeLessThan(0.02)
  expect(within(1)).toBeCloseTo(0.6827, 2)
  expect(within(2)).toBeCloseTo(0.9545, 2)
  expect(Math.max(...values.subarray(0, 100_000))).toBeGreaterThan(3.5)
})

it('goes on where the last draw ended, and is the same for the same seed', () => {
  const [first, second] = [seededNoise(7), seededNoise(7)]
  const parts = [...first(3), ...first(4)]
  expect(parts).toEqual([...second(7)])
  expect([...seededNoise(8)(7)]).not.toEqual(parts)
})
