import type { Tensor } from 'onnxruntime-node'
import { bitsOf } from '../runtime/tensors.ts'
import type { CacheEntry } from './cache-layout.ts'

/** The numbers of one tensor of the cache; 16-bit floats as their bits, which is what the runtime (1.30) reads them from. */
export type Block = Float32Array | Uint16Array

/** Where a cache lies: a block per entry of the layout. */
export interface CacheMemory {
  /** May be longer than their rows and columns need. */
  readonly blocks: readonly Block[]
  /** Columns of a row in the blocks. Who writes there may spread them while there are no readers. */
  columns: number
  /** Batches that read it where it lies and write elsewhere. */
  readers: number
}

/** What the model remembers of one text: the first row of its memory. What its first `length` columns hold is never changed, so several may have the same memory; columns beyond them mean nothing. */
export interface TextCache {
  readonly length: number
  readonly memory: CacheMemory
}

/** Some columns of one row in a block. */
export interface Columns {
  readonly block: Block
  /** Rows and columns of the whole block. */
  readonly rows: number
  readonly columns: number
  readonly row: number
  readonly from: number
}

/** How an entry lies in memory: `before` rows, `between` rows and columns, and `after` columns, as products of sizes. */
export interface Strides {
  readonly before: number
  readonly between: number
  readonly after: number
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

const known = new WeakMap<CacheEntry, Strides>()

/** Worked out once for every entry: it is asked for every row of every run. */
export function strides(entry: CacheEntry): Strides {
  let found = known.get(entry)
  if (!found) {
    found = toStrides(entry)
    known.set(entry, found)
  }
  return found
}

/** An entry whose rows can't be told apart by a stride (the length comes first, or there is but one row) counts as one row. */
function toStrides({ emptyShape, rowAxis = -1, lengthAxis }: CacheEntry): Strides {
  const row = lengthAxis !== undefined && rowAxis > lengthAxis ? -1 : rowAxis
  const end = lengthAxis ?? row + 1
  const sizes = emptyShape.map((size, at) => (at === rowAxis ? 1 : size))
  return {
    before: product(sizes.slice(0, Math.max(0, row))),
    between: product(sizes.slice(row + 1, end)),
    after: product(sizes.slice(lengthAxis === undefined ? end : end + 1)),
  }
}

/** True when rows can be put together and taken apart. */
export const joins = ({ rowAxis, lengthAxis }: CacheEntry): boolean =>
  rowAxis !== undefined && (lengthAxis === undefined || lengthAxis > rowAxis)

/** Copies columns of one row into another block; of a state of fixed size, all of the row. */
export function copyColumns(entry: CacheEntry, source: Columns, target: Columns, count: number): void {
  const { before, between, after } = strides(entry)
  const fixed = entry.lengthAxis === undefined
  const size = (fixed ? 1 : count) * after
  const start = ({ rows, columns, row, from }: Columns, b: number, m: number) =>
    fixed ? ((b * rows + row) * between + m) * after : (((b * rows + row) * between + m) * columns + from) * after
  for (let b = 0; b < before; b++)
    for (let m = 0; m < between; m++) {
      const at = start(source, b, m)
      target.block.set(source.block.subarray(at, at + size), start(target, b, m))
    }
}

/** A block of zeros for so many rows and columns. */
export function emptyBlock(entry: CacheEntry, rows: number, columns: number): Block {
  const size = product(blockShape(entry, rows, columns))
  return entry.type === 'float16' ? new Uint16Array(size) : new Float32Array(size)
}

/** The shape of a block. */
export const blockShape = ({ emptyShape, rowAxis, lengthAxis }: CacheEntry, rows: number, columns: number): number[] =>
  emptyShape.map((size, at) => (at === rowAxis ? rows : at === lengthAxis ? columns : size))

/** The block that the graph gave. */
export const toBlock = ({ data, type }: Tensor): Block => (type === 'float16' ? bitsOf(data) : (data as Float32Array))

/** The first `length` columns of a cache, and no others. Fewer than it has only where every entry grows. */
export function exactly(
  entries: readonly CacheEntry[],
  { memory: { columns, blocks } }: TextCache,
  length: number,
): readonly Block[] {
  if (length === columns) return blocks
  return entries.map((entry, i) => {
    const block = emptyBlock(entry, 1, length)
    const row = { rows: 1, row: 0, from: 0 }
    copyColumns(entry, { ...row, block: blocks[i] as Block, columns }, { ...row, block, columns: length }, length)
    return block
  })
}

/** Bytes that one token takes. */
export const columnBytes = (entries: readonly CacheEntry[]): number =>
  entries
    .filter(({ lengthAxis }) => lengthAxis !== undefined)
    .reduce((sum, entry) => sum + product(blockShape(entry, 1, 1)) * (entry.type === 'float16' ? 2 : 4), 0)

/** Bytes of a cache. */
export const cacheBytes = ({ memory }: Pick<TextCache, 'memory'>): number =>
  memory.blocks.reduce((sum, block) => sum + block.byteLength, 0)
