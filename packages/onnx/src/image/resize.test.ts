import { describe, expect, it } from 'vitest'
import type { Picture } from './picture.ts'
import { covering } from './resize.ts'

const grey = (width: number, height: number, at: (x: number, y: number) => number): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3)
    return at(pixel % width, Math.floor(pixel / width))
  }),
})

const rows = ({ width, height, data }: Picture): number[][] =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[3 * (y * width + x)] as number))

describe('a picture in another size', () => {
  it('of one colour stays so, larger and smaller', () => {
    for (const [width, height] of [
      [3, 9],
      [200, 1],
      [64, 64],
    ] as const)
      expect(
        new Set(
          covering(
            grey(17, 5, () => 99),
            width,
            height,
          ).data,
        ),
      ).toEqual(new Set([99]))
  })

  it('is a mean of what it covers when it is smaller', () => {
    const stripes = covering(
      grey(64, 64, (x) => (x % 2) * 200),
      8,
      8,
    )
    for (const value of rows(stripes).flatMap((row) => row.slice(1, -1))) expect(Math.abs(value - 100)).toBeLessThan(2)
  })

  it('goes evenly from pixel to pixel when it is larger', () => {
    const [row = []] = rows(
      covering(
        grey(2, 1, (x) => x * 200),
        8,
        4,
      ),
    )
    expect(row).toEqual([...row].sort((a, b) => a - b))
    expect([row[0], row.at(-1)]).toEqual([0, 200])
  })

  it('keeps the middle when the shape is another', () => {
    expect(
      rows(
        covering(
          grey(6, 2, (x) => x),
          2,
          2,
        ),
      ),
    ).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(
      rows(
        covering(
          grey(2, 6, (_x, y) => y),
          2,
          2,
        ),
      ),
    ).toEqual([
      [2, 2],
      [3, 3],
    ])
  })
})
