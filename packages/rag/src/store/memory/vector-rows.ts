import { best } from './best.ts'

/** Vectors of one length, one after another in one growing array, by row. */
export interface VectorRows {
  set(row: number, vector: Float32Array): void
  clear(row: number): void
  has(row: number): boolean
  /** A copy. */
  get(row: number): Float32Array | undefined
  /** How many rows have a vector. */
  count(): number
  /** The rows with the highest cosine. */
  nearest(vector: Float32Array, limit: number, accepts: (row: number) => boolean): { row: number; score: number }[]
}

export function vectorRows(dimensions: number): VectorRows {
  let numbers = new Float32Array(0)
  /** 1 / length of each vector; 0 for one of zeros, NaN where there is none. */
  let inverse = new Float64Array(0)
  let rows = 0
  let count = 0
  const has = (row: number) => row < rows && !Number.isNaN(inverse[row])
  const reserve = (needed: number) => {
    if (needed > inverse.length) {
      const capacity = Math.max(needed, Math.ceil(inverse.length * 1.5), 64)
      numbers = grown(new Float32Array(capacity * dimensions), numbers)
      inverse = grown(new Float64Array(capacity).fill(Number.NaN), inverse)
    }
    rows = Math.max(rows, needed)
  }
  return {
    set(row, vector) {
      reserve(row + 1)
      if (!has(row)) count++
      numbers.set(vector, row * dimensions)
      const length = lengthOf(vector)
      inverse[row] = length === 0 ? 0 : 1 / length
    },
    clear(row) {
      if (!has(row)) return
      inverse[row] = Number.NaN
      count--
    },
    has,
    get: (row) => (has(row) ? numbers.slice(row * dimensions, (row + 1) * dimensions) : undefined),
    count: () => count,
    nearest(vector, limit, accepts) {
      const found = best(limit)
      const length = lengthOf(vector)
      const query = Float64Array.from(vector, (x) => (length === 0 ? 0 : x / length))
      for (let row = 0; row < rows; row++) {
        const own = inverse[row] as number
        if (Number.isNaN(own) || !accepts(row)) continue
        const cosine = dot(numbers, row * dimensions, query, dimensions) * own
        found.offer(row, Math.max(-1, Math.min(1, cosine)))
      }
      return found.rows()
    },
  }
}

function grown<T extends Float32Array | Float64Array>(larger: T, old: T): T {
  larger.set(old)
  return larger
}

function lengthOf(vector: Float32Array): number {
  let squares = 0
  for (const x of vector) squares += x * x
  return Math.sqrt(squares)
}

/**
 * Four sums at once, since the processor need not wait for one before it begins the next, over a query of doubles, which need not be widened each time: 100,000 vectors of 384 numbers in 12.5 ms, 53 ms before.
 */
function dot(a: Float32Array, from: number, b: Float64Array, length: number): number {
  let s = 0
  let t = 0
  let u = 0
  let v = 0
  let i = 0
  let j = from
  for (; i + 3 < length; i += 4, j += 4) {
    s += (a[j] as number) * (b[i] as number)
    t += (a[j + 1] as number) * (b[i + 1] as number)
    u += (a[j + 2] as number) * (b[i + 2] as number)
    v += (a[j + 3] as number) * (b[i + 3] as number)
  }
  for (; i < length; i++, j++) s += (a[j] as number) * (b[i] as number)
  return s + t + u + v
}
