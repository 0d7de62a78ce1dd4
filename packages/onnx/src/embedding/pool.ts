import type { Pooling } from './pooling.ts'

/** The vectors of one text's tokens: `length` rows of `size` numbers, beginning at `start`. */
export interface Rows {
  readonly data: Float32Array
  readonly start: number
  readonly length: number
  readonly size: number
}

/** One vector of the tokens' vectors, `size` numbers for each pooling. */
export function pool(rows: Rows, poolings: readonly Pooling[]): Float32Array {
  const vector = new Float32Array(rows.size * poolings.length)
  for (const [i, pooling] of poolings.entries())
    pools[pooling](rows, vector.subarray(i * rows.size, (i + 1) * rows.size))
  return vector
}

type Pool = (rows: Rows, into: Float32Array) => void

const pools: Readonly<Record<Pooling, Pool>> = {
  cls: ({ data, start, size }, into) => into.set(data.subarray(start, start + size)),
  lasttoken({ data, start, length, size }, into) {
    const from = start + Math.max(0, length - 1) * size
    into.set(data.subarray(from, from + size))
  },
  mean: (rows, into) => sum(rows, into, () => 1, rows.length),
  mean_sqrt_len: (rows, into) => sum(rows, into, () => 1, Math.sqrt(rows.length)),
  // The n-th token weighs n.
  weightedmean: (rows, into) => sum(rows, into, (row) => row + 1, (rows.length * (rows.length + 1)) / 2),
  max({ data, start, length, size }, into) {
    into.fill(length === 0 ? 0 : Number.NEGATIVE_INFINITY)
    for (let row = 0, at = start; row < length; row++)
      for (let i = 0; i < size; i++, at++) if ((data[at] as number) > (into[i] as number)) into[i] = data[at] as number
  },
}

function sum({ data, start, length, size }: Rows, into: Float32Array, weight: (row: number) => number, by: number) {
  const total = new Float64Array(size)
  for (let row = 0, at = start; row < length; row++) {
    const factor = weight(row)
    for (let i = 0; i < size; i++, at++) total[i] = (total[i] as number) + factor * (data[at] as number)
  }
  for (let i = 0; i < size; i++) into[i] = by === 0 ? 0 : (total[i] as number) / by
}

/** Stretches a vector to length 1, in place; one of zeros stays. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length
  return vector
}
