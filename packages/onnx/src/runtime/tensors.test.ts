import { expect, it } from 'vitest'
import { bitsOf, floats, floatsOf, numbers } from './tensors.ts'

it('every 16-bit float goes there and back', () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((one) => (one & 0x7c00) !== 0x7c00)
  const values = floatsOf({ type: 'float16', data: bits } as never)
  // The two zeros are one number.
  expect(bitsOf(floats('float16', values, [values.length]).data).filter((one) => one !== 0)).toEqual(
    bits.filter((one) => one !== 0 && one !== 0x8000),
  )
})

it('what lies between goes to the nearest, halves to the even one', () => {
  const cases: [number, number][] = [
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [-1e9, 0xfc00],
    [Number.NaN, 0x7e00],
    [2 ** -25, 0],
    [1.5 * 2 ** -25, 1],
    [2 ** -14 - 2 ** -26, 0x0400],
    [2 - 2 ** -12, 0x4000],
  ]
  const tensor = floats(
    'float16',
    Float32Array.from(cases, ([value]) => value),
    [cases.length],
  )
  expect([...bitsOf(tensor.data)]).toEqual(cases.map(([, bits]) => bits))
})

it('numbers take the type that is wanted', () => {
  expect(numbers('int64', [799.2], [1]).data).toEqual(BigInt64Array.of(799n))
  expect(numbers('float32', [799.5], [1]).data).toEqual(Float32Array.of(799.5))
})
