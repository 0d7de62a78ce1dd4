import type { Tensor } from 'onnxruntime-node'
import { type Batch, type Batches, type Logits, type Place, pastTensors, runBatch, type TextGraph } from './batch.ts'
import {
  type Block,
  type CacheMemory,
  cacheBytes,
  columnBytes,
  copyColumns,
  emptyBlock,
  strides,
  type TextCache,
  toBlock,
} from './cache.ts'
import type { CacheEntry } from './cache-layout.ts'

/** Columns that a cache is made longer by at once: each costs a little in every run until it is used, and to make it longer copies it. */
const spare = (columns: number): number => Math.max(32, Math.ceil(columns / 6))

/** Memory that is not worth a copy. */
const smallBytes = 2 ** 22

/** What the last run gave and nobody needed yet. */
interface Fresh {
  readonly tensors: readonly Tensor[]
  /** How many tokens each row had before it. */
  readonly lengths: readonly number[]
}

/** The cache as it was handed to the graph, and what it was made of. */
interface Past {
  readonly blocks: readonly Block[]
  readonly rows: number
  readonly columns: number
  readonly tensors: readonly Tensor[]
}

/**
 * A batch whose cache stays where it is: every row begins in the first column, the graph gives only the columns of new tokens, and they are written behind those of their row. The rest of the columns
 * is masked, so that a token is taken back by counting one less, and a text begins with a part of another one's cache as it lies. Handing the whole cache back and forth instead takes as long as the
 * computing does, for eight texts of 500 tokens (SmolLM2, onnxruntime-node 1.30, which copies every output).
 */
export class ColumnBatch implements Batch {
  readonly #graph: TextGraph
  readonly #fresh: readonly string[]
  readonly #lengths: number[]
  #memory: CacheMemory
  /** `mine`: as it likes. `held`: what it wrote in its one row is kept by others as well. `theirs`: nothing may be written. */
  #memoryIs: 'mine' | 'held' | 'theirs'
  /** Columns that are sure to be needed. */
  readonly #expected: number
  #last: Fresh | undefined
  #past: Past | undefined

  private constructor(graph: TextGraph, fresh: readonly string[], lengths: number[], cache?: TextCache, expected = 0) {
    this.#graph = graph
    this.#fresh = fresh
    this.#lengths = lengths
    this.#memory = cache?.memory ?? emptyMemory(graph)
    this.#memoryIs = cache ? 'theirs' : 'mine'
    if (cache) this.#memory.readers++
    this.#expected = expected
  }

  static maker(graph: TextGraph, fresh: readonly string[]): Batches<ColumnBatch> {
    return {
      of: ({ cache, length = cache?.length ?? 0, expected } = {}) =>
        new ColumnBatch(graph, fresh, [length], cache, expected),
      join: (places, spent) => ColumnBatch.#join(graph, fresh, places, spent),
    }
  }

  /** The first batch takes in the other rows, where nobody else holds it. */
  static #join(
    graph: TextGraph,
    fresh: readonly string[],
    places: readonly Place<ColumnBatch>[],
    spent: boolean,
  ): ColumnBatch {
    const [first] = places as [Place<ColumnBatch>]
    const others = places.findIndex(({ batch, row }, i) => batch !== first.batch || row <= (places[i - 1]?.row ?? -1))
    const own = others < 0 ? places : places.slice(0, others)
    const isWhole = own.length === first.batch.size
    if (isWhole && own.length === places.length) return first.batch
    const stays = first.batch.#memoryIs === 'mine' && (spent || isWhole)
    const batch = stays ? first.batch : new ColumnBatch(graph, fresh, [])
    if (stays) batch.#keep(own.map(({ row }) => row))
    batch.#append(stays ? places.slice(own.length) : places)
    return batch
  }

  get size(): number {
    return this.#lengths.length
  }

  get bytes(): number {
    return cacheBytes({ memory: this.#memory })
  }

  length(row: number): number {
    return this.#lengths[row] as number
  }

  async feed(tokens: readonly (readonly number[])[], keep = 1): Promise<Logits> {
    this.#settle()
    const count = tokens[0]?.length ?? 0
    const lengths = [...this.#lengths]
    const { columns } = this.#memory
    const { logits, tensors } = await runBatch(this.#graph, {
      tokens,
      lengths,
      masks: lengths.map((length) => new Uint8Array(columns + count).fill(1, 0, length).fill(1, columns)),
      past: this.#pastTensors(),
      keep,
      outputs: this.#fresh,
    })
    this.#last = { tensors: this.#fresh.map((name) => tensors[name] as Tensor), lengths }
    for (const row of lengths.keys()) this.#lengths[row] = this.length(row) + count
    return logits
  }

  rewind(row: number, count: number): void {
    this.#lengths[row] = this.length(row) - count
  }

  /** A batch of one is not copied, unless it lies in memory that was made for more. */
  take(row: number): TextCache {
    this.#settle()
    const length = this.length(row)
    const { cache } = this.#graph.layout
    if (this.size === 1 && this.bytes <= 2 * length * columnBytes(cache) + smallBytes) {
      if (this.#memoryIs === 'mine') this.#memoryIs = 'held'
      return { length, memory: this.#memory }
    }
    const blocks = cache.map((entry, e) => {
      const block = emptyBlock(entry, 1, length)
      copyColumns(entry, this.#row(e, row), { block, rows: 1, columns: length, row: 0, from: 0 }, length)
      return block
    })
    return { length, memory: { blocks, columns: length, readers: 0 } }
  }

  /** Made anew only when the batch takes another place or shape. */
  #pastTensors(): readonly Tensor[] {
    const past = this.#past
    const { blocks, columns } = this.#memory
    const rows = this.size
    if (past && past.blocks === blocks && past.rows === rows && past.columns === columns) return past.tensors
    const { layout } = this.#graph
    const used = layout.cache.map((entry, e) => (blocks[e] as Block).subarray(0, rows * rowSize(entry, columns)))
    const tensors = pastTensors(layout, used, rows, columns)
    this.#past = { blocks, rows, columns, tensors }
    return tensors
  }

  /** Writes the columns of the last run to where they belong: not before they are needed, so that what the run said is known first. */
  #settle(): void {
    const last = this.#last
    if (!last) return
    this.#last = undefined
    const needed = Math.max(...this.#lengths)
    if (needed > this.#memory.columns || this.#memoryIs === 'theirs')
      this.#reserve(this.size, needed + spare(needed), last.lengths)
    const { columns } = this.#memory
    for (const [e, tensor] of last.tensors.entries()) {
      const entry = this.#graph.layout.cache[e] as CacheEntry
      const block = this.#memory.blocks[e] as Block
      // Spreading one object into another here took longer than all the copying.
      for (const [row, from] of last.lengths.entries())
        write(entry, tensor, { block, columns, row, from }, this.length(row) - from)
    }
  }

  /** Room for so many rows and columns. They are spread within their memory where that suffices and nobody else reads it: fresh memory costs more than the copying. */
  #reserve(rows: number, columns: number, lengths: readonly number[]): void {
    const { cache } = this.#graph.layout
    const { blocks, columns: before } = this.#memory
    if (
      this.#mayMove(rows) &&
      blocks.every((block, e) => block.length >= rows * rowSize(cache[e] as CacheEntry, columns))
    ) {
      if (columns <= before) return
      for (const [e, entry] of cache.entries()) spread(entry, blocks[e] as Block, this.size, before, columns)
      this.#memory.columns = columns
      return
    }
    // Room for more, so that this is rare: memory that is never written to costs nothing.
    const room = Math.max(Math.ceil(columns * 1.25), this.#expected)
    const larger = cache.map((entry, e) => {
      const block = emptyBlock(entry, 2 ** Math.ceil(Math.log2(rows)), room)
      for (const [row, length] of lengths.entries())
        copyColumns(entry, this.#row(e, row), { block, rows, columns, row, from: 0 }, length)
      return block
    })
    if (this.#memoryIs === 'theirs') this.#memory.readers--
    this.#memory = { blocks: larger, columns, readers: 0 }
    this.#memoryIs = 'mine'
  }

  /** Who keeps a row that others go on from has it at the beginning of the memory, and sees how its columns lie. */
  #mayMove(rows: number): boolean {
    if (this.#memoryIs === 'held') return rows === 1 && this.#memory.readers === 0
    return this.#memoryIs === 'mine'
  }

  #append(places: readonly Place<ColumnBatch>[]): void {
    this.#settle()
    for (const { batch } of places) batch.#settle()
    const rows = this.size + places.length
    const longest = Math.max(...this.#lengths, ...places.map(({ batch, row }) => batch.length(row)))
    const { columns } = this.#memory
    this.#reserve(rows, longest > columns ? longest + spare(longest) : columns, this.#lengths)
    for (const { batch, row } of places) {
      const length = batch.length(row)
      for (const [e, entry] of this.#graph.layout.cache.entries())
        copyColumns(entry, batch.#row(e, row), this.#row(e, this.size), length)
      this.#lengths.push(length)
      // One that only read had one row, and goes.
      if (batch.#memoryIs === 'theirs') batch.#memory.readers--
    }
  }

  /** Only these rows, in this order, which is that of the batch. */
  #keep(rows: readonly number[]): this {
    if (rows.length === this.size) return this
    this.#settle()
    for (const [e, entry] of this.#graph.layout.cache.entries()) {
      const size = rowSize(entry, this.#memory.columns)
      const block = this.#memory.blocks[e] as Block
      for (const [to, row] of rows.entries()) if (to !== row) block.copyWithin(to * size, row * size, (row + 1) * size)
    }
    this.#lengths.splice(0, this.#lengths.length, ...rows.map((row) => this.length(row)))
    return this
  }

  #row(index: number, row: number) {
    const { blocks, columns } = this.#memory
    return { block: blocks[index] as Block, rows: this.size, columns, row, from: 0 }
  }
}

const emptyMemory = ({ layout }: TextGraph): CacheMemory => ({
  blocks: layout.cache.map((entry) => emptyBlock(entry, 1, 0)),
  columns: 0,
  readers: 0,
})

/** Numbers of one row. */
function rowSize(entry: CacheEntry, columns: number): number {
  const { between, after } = strides(entry)
  return between * columns * after
}

/** Moves the columns of blocks that get wider, the last ones first. */
function spread(entry: CacheEntry, block: Block, rows: number, from: number, to: number): void {
  const { between, after } = strides(entry)
  for (let i = rows * between - 1; i > 0; i--)
    block.copyWithin(i * to * after, i * from * after, (i + 1) * from * after)
}

/** Writes the first `count` columns that a run gave one row. They come as the cache has them, `[rows, heads, tokens, size]`, or as attention takes them, `[rows, tokens, heads * size]`. */
function write(
  entry: CacheEntry,
  tensor: Tensor,
  target: { block: Block; columns: number; row: number; from: number },
  count: number,
): void {
  const { between, after } = strides(entry)
  const { block, columns, row, from } = target
  const source = toBlock(tensor)
  const flat = tensor.dims.length === 3
  const tokens = tensor.dims[flat ? 1 : 2] as number
  const size = flat ? after : count * after
  for (let m = 0; m < between; m++)
    for (let i = 0; i < (flat ? count : 1); i++) {
      const at = flat ? ((row * tokens + i) * between + m) * after : (row * between + m) * tokens * after
      const to = ((row * between + m) * columns + from + i) * after
      if (size > 512) block.set(source.subarray(at, at + size), to)
      else for (let n = 0; n < size; n++) block[to + n] = source[at + n] as number
    }
}
