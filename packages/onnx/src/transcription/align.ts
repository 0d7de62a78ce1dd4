/** Where the decoder looked, for each token of a text: one row per token, one column per stretch of sound. */
type Looks = readonly Float32Array[]

/** What alignment needs to know about the attention that was written down. */
export interface Attention {
  /** By token, then by layer: the heads of the layer, one after the other. */
  readonly byToken: readonly (readonly Float32Array[])[]
  /** The heads that follow the sound. */
  readonly heads: readonly (readonly [layer: number, head: number])[]
  /** Columns of one head. */
  readonly width: number
  /** Columns that are sound, the rest is silence behind it. */
  readonly used: number
  /** Columns that the median is taken of. */
  readonly median: number
}

/**
 * The column at which each token begins: the path through the attention of the heads that follow the sound which looks at most of it and never goes back (dynamic time warping, as whisper's authors
 * published it for word times).
 */
export function align(attention: Attention): number[] {
  return path(meanOf(attention.heads.map((head) => sharpened(looksOf(head, attention), attention.median))))
}

function looksOf([layer, head]: readonly [number, number], { byToken, width, used }: Attention): Looks {
  return byToken.map((layers) => {
    const all = layers[layer] as Float32Array
    return all.subarray(head * width, head * width + used)
  })
}

/** Each column in standard scores over the tokens, so that what all tokens look at says nothing; then smoothed along the sound. */
function sharpened(looks: Looks, median: number): Looks {
  const columns = looks[0]?.length ?? 0
  const rows = looks.map((row) => Float32Array.from(row))
  for (let column = 0; column < columns; column++) {
    let mean = 0
    for (const row of rows) mean += (row[column] as number) / rows.length
    let variance = 0
    for (const row of rows) variance += ((row[column] as number) - mean) ** 2 / rows.length
    const deviation = Math.sqrt(variance) || 1
    for (const row of rows) row[column] = ((row[column] as number) - mean) / deviation
  }
  return rows.map((row) => medianOf(row, median))
}

/** The median of each number's neighbourhood, mirrored at the ends. */
function medianOf(row: Float32Array, width: number): Float32Array {
  const reach = Math.floor(width / 2)
  const last = row.length - 1
  const mirrored = (at: number) => Math.min(last, Math.abs(at > last ? 2 * last - at : at))
  return row.map((_, at) => {
    const around = Float32Array.from({ length: 2 * reach + 1 }, (_, k) => row[mirrored(at + k - reach)] as number)
    return around.sort()[reach] as number
  })
}

function meanOf(heads: readonly Looks[]): Looks {
  const [first = [], ...others] = heads
  return first.map((row, at) =>
    row.map((value, column) => {
      const sum = others.reduce((sum, head) => sum + ((head[at] as Float32Array)[column] as number), value)
      return sum / heads.length
    }),
  )
}

const both = 0
const tokenOnly = 1
const soundOnly = 2

/** The first column of each row on the best path from the first corner to the last. */
function path(gains: Looks): number[] {
  const rows = gains.length
  const columns = gains[0]?.length ?? 0
  const steps = new Uint8Array(rows * columns)
  let above = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY)
  for (let row = 0; row < rows; row++) {
    const here = new Float64Array(columns)
    for (let column = 0; column < columns; column++) {
      const from = [
        column > 0 ? (above[column - 1] as number) : Number.NEGATIVE_INFINITY,
        above[column] as number,
        column > 0 ? (here[column - 1] as number) : Number.NEGATIVE_INFINITY,
      ]
      const start = row === 0 && column === 0
      const step = start ? both : from.indexOf(Math.max(...from))
      steps[row * columns + column] = step
      here[column] = (start ? 0 : (from[step] as number)) + ((gains[row] as Float32Array)[column] as number)
    }
    above = here
  }
  const begins = new Array<number>(rows).fill(0)
  for (let row = rows - 1, column = columns - 1; row > 0 || column > 0; ) {
    begins[row] = column
    const step = steps[row * columns + column]
    if (step !== soundOnly && row > 0) row--
    if (step !== tokenOnly && column > 0) column--
  }
  begins[0] = 0
  return begins
}
