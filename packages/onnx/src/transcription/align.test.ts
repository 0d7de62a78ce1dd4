import { expect, it } from 'vitest'
import { align } from './align.ts'

/** Tokens that look at one column each, in two heads of which the second looks anywhere. */
const looks = (columns: readonly number[], width: number) =>
  columns.map((column, row) => {
    const layer = new Float32Array(2 * width)
    layer[column] = 1
    layer[width + ((row * 7) % width)] = 1
    return [layer]
  })

it('a token begins where it looks, and never before the one before it', () => {
  const byToken = looks([0, 3, 4, 9, 12], 20)
  const attention = { byToken, heads: [[0, 0]] as const, width: 20, used: 15, median: 1 }
  expect(align(attention)).toEqual([0, 3, 4, 9, 12])
  expect(align({ ...attention, used: 4 }).every((column, i, all) => column < 4 && column >= (all[i - 1] ?? 0))).toBe(
    true,
  )
})

it('of several heads the mean counts, and a lone flicker is smoothed away', () => {
  const wide = [0, 10, 20].map((column) => {
    const layer = new Float32Array(40)
    layer.fill(1, column, column + 10)
    return [layer]
  })
  const flicker = wide.map(([layer]) => [Float32Array.from(layer as Float32Array)])
  ;(flicker[0]?.[0] as Float32Array)[25] = 1
  const attention = { heads: [[0, 0]] as const, width: 40, used: 30, median: 7 }
  expect(align({ ...attention, byToken: flicker })).toEqual(align({ ...attention, byToken: wide }))
})
