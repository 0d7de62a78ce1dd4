import { Tensor } from 'onnxruntime-node'
import { roundEven } from './round-even.ts'

/** A tensor of whole numbers, in the type that the graph wants. */
export const integers = (type: Tensor.Type, values: readonly number[], dims: readonly number[]): Tensor =>
  type === 'int32'
    ? new Tensor('int32', Int32Array.from(values), dims)
    : new Tensor('int64', BigInt64Array.from(values, BigInt), dims)

/** A tensor of numbers, in the type that the graph wants: rounded where it wants whole ones. */
export const numbers = (type: Tensor.Type, values: readonly number[], dims: readonly number[]): Tensor =>
  type.startsWith('float')
    ? floats(type, Float32Array.from(values), dims)
    : integers(type, values.map(Math.round), dims)

/** A tensor of floats, in the precision that the graph wants. */
export const floats = (type: Tensor.Type, values: Float32Array, dims: readonly number[]): Tensor =>
  type === 'float16' ? new Tensor('float16', toHalves(values), dims) : new Tensor('float32', values, dims)

/**
 * The tensors, made so that the runtime can read them: where JavaScript has a Float16Array (Node 24) it is the data of tensors of 16-bit floats, but the runtime (1.30) takes nothing from that, only from their bits.
 */
export function readable(tensors: Record<string, Tensor>): Record<string, Tensor> {
  if (!('Float16Array' in globalThis)) return tensors
  for (const tensor of Object.values(tensors))
    if (tensor.type === 'float16' && tensor.location === 'cpu' && !(tensor.data instanceof Uint16Array))
      Object.defineProperty(tensor, 'data', { value: bitsOf(tensor.data) })
  return tensors
}

/** The numbers of a tensor, from `start` on and before `end`: a view where they are 32-bit floats, else a copy. */
export function floatsOf({ data, type }: Tensor, start = 0, end: number = data.length): Float32Array {
  if (type !== 'float16') return (data as Float32Array).subarray(start, end)
  const bits = bitsOf(data).subarray(start, end)
  const values = halves()
  const floats = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) floats[i] = values[bits[i] as number] as number
  return floats
}

/** Numbers one after the other; those of one row alone are handed on as they are. */
export function joined(rows: readonly Float32Array[]): Float32Array {
  if (rows.length === 1) return rows[0] as Float32Array
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const row of rows) {
    all.set(row, at)
    at += row.length
  }
  return all
}

/** The bits of 16-bit floats: the runtime hands out a Float16Array where JavaScript has that (Node 24). */
export function bitsOf(data: Tensor['data']): Uint16Array {
  const { buffer, byteOffset, length } = data as Uint16Array
  return new Uint16Array(buffer, byteOffset, length)
}

let table: Float32Array | undefined

/** The value of every 16-bit float. */
function halves(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => {
    const sign = bits >> 15 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1_023
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1_024) * 2 ** (exponent - 15))
  })
  return table
}

/** The bits of the 16-bit floats nearest to 32-bit ones, halves to the even one. */
const toHalves = (values: Float32Array): Uint16Array => Uint16Array.from(values, toHalf)

function toHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(size)) return 0x7e00
  if (size >= 65_520) return sign | 0x7c00
  if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24)
  const exponent = Math.floor(Math.log2(size))
  return sign | (((exponent + 15) << 10) + roundEven((size / 2 ** exponent - 1) * 1_024))
}
