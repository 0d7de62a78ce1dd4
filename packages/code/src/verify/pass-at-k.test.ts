import { isAnyModelError } from '@anymodel/core'
import { expect, test } from 'vitest'
import { passAtK } from './pass-at-k.ts'

/** How many of all ways to draw k of n samples draw a right one, counted one by one. */
function counted(n: number, c: number, k: number): number {
  let draws = 0
  let hits = 0
  for (let mask = 0; mask < 2 ** n; mask++) {
    if (mask.toString(2).replaceAll('0', '').length !== k) continue
    draws++
    if (mask % 2 ** c > 0) hits++
  }
  return hits / draws
}

test('pass@k is the share of draws that have a right sample', () => {
  for (let n = 1; n <= 8; n++)
    for (let c = 0; c <= n; c++) for (let k = 1; k <= n; k++) expect(passAtK(n, c, k)).toBeCloseTo(counted(n, c, k), 12)
})

test('many samples neither overflow nor lose digits', () => {
  expect(passAtK(1000, 1, 1)).toBeCloseTo(0.001, 12)
  expect(passAtK(1000, 500, 999)).toBe(1)
})

test.each([
  [0, 0, 1],
  [4, 5, 1],
  [4, 1, 0],
  [4, 1, 5],
  [4, 0.5, 1],
])('n %s, c %s, k %s is refused', (n, c, k) => {
  expect(() => passAtK(n, c, k)).toThrow(
    expect.toSatisfy((error) => isAnyModelError(error) && error.code === 'invalid-argument'),
  )
})
