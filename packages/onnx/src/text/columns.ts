import type { Tensor } from 'onnxruntime-node'
import { type Batch, type Batches, type Logits, type Place, runBatch, type TextGraph } from './batch.ts'
import { type Block, copyColumns, emptyBlock, strides, type TextCache, toBlock } from './cache.ts'
import type { CacheEntry } from './cache-layout.ts'

/** Columns that a cache is made longer by at once: each costs a little in every run until it is used, and to make it longer copies it. */
const spare = (columns: number): number => Math.max(32, Math.ceil(columns / 6))

/** What the last run gave and nobody needed yet. */
interface Fresh {
  readonly tensors: readonly Tensor[]
  /** How many tokens each row had before it. */
  readonly lengths: readonly number[]
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
  /** May be longer than its rows and columns need. */
  #blocks: readonly Block[]
  #columns: number
  /** `mine`: as it likes. `held`: others read the blocks as well, so columns may be added but stay where they are. `theirs`: nothing may be written. */
  #blocksAre: 'mine' | 'held' | 'theirs'
  #last: Fresh | undefined

  private constructor(
    graph: TextGraph,
    fresh: readonly string[],
    lengths: number[],
    cache: Pick<TextCache, 'blocks' | 'columns'>,
    blocksAre: 'mine' | 'theirs',
  ) {
    this.#graph = graph
    this.#fresh = fresh
    this.#lengths = lengths
    this.#blocks = cache.blocks
    this.#columns = cache.columns
    this.#blocksAre = blocksAre
  }

  static maker(graph: TextGraph, fresh: readonly string[]): Batches<ColumnBatch> {
    const { cache: entries } = graph.layout
    return {
      of: (cache, length = cache?.length ?? 0) =>
        new ColumnBatch(
          graph,
          fresh,
          [length],
          cache ?? { blocks: entries.map((entry) => emptyBlock(entry, 1, 0)), columns: 0 },
          cache ? 'theirs' : 'mine',
        ),
      join: (places, spent) => ColumnBatch.#join(graph, fresh, places, spent),
    }
  }

  static #join(
    graph: TextGraph,
    fresh: readonly string[],
    places: readonly Place<ColumnBatch>[],
    spent: boolean,
  ): ColumnBatch {
    const [first] = places
    const rows = places.map(({ row }) => row)
    const inOrder = places.every(({ batch, row }, i) => batch === first?.batch && row > (rows[i - 1] ?? -1))
    if (first && inOrder && (rows.length === first.batch.size || (spent && first.batch.#blocksAre === 'mine')))
      return first.batch.#keep(rows)
    for (const { batch } of places) batch.#settle()
    const lengths = places.map(({ batch, row }) => batch.length(row))
    const longest = Math.max(...lengths)
    const columns = longest + spare(longest)
    const blocks = graph.layout.cache.map((entry, e) => {
      const block = emptyBlock(entry, places.length, columns)
      for (const [row, { batch, row: from }] of places.entries())
        copyColumns(entry, batch.#row(e, from), { block, rows: rows.length, columns, row, from: 0 }, batch.length(from))
      return block
    })
    return new ColumnBatch(graph, fresh, lengths, { blocks, columns }, 'mine')
  }

  get size(): number {
    return this.#lengths.length
  }

  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.byteLength, 0)
  }

  length(row: number): number {
    return this.#lengths[row] as number
  }

  async feed(tokens: readonly (readonly number[])[], keep = 1): Promise<Logits> {
    this.#settle()
    const { cache } = this.#graph.layout
    const count = tokens[0]?.length ?? 0
    const lengths = [...this.#lengths]
    const columns = this.#columns
    const { logits, tensors } = await runBatch(this.#graph, {
      tokens,
      lengths,
      masks: lengths.map((length) => new Uint8Array(columns + count).fill(1, 0, length).fill(1, columns)),
      blocks: cache.map((entry, e) => (this.#blocks[e] as Block).subarray(0, this.size * rowSize(entry, columns))),
      columns,
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

  /** A batch of one is not copied. */
  take(row: number): TextCache {
    this.#settle()
    const length = this.length(row)
    if (this.size === 1) {
      if (this.#blocksAre === 'mine') this.#blocksAre = 'held'
      const { cache } = this.#graph.layout
      const columns = this.#columns
      const blocks = this.#blocks.map((block, e) => block.subarray(0, rowSize(cache[e] as CacheEntry, columns)))
      return { length, columns, blocks }
    }
    const blocks = this.#graph.layout.cache.map((entry, e) => {
      const block = emptyBlock(entry, 1, length)
      copyColumns(entry, this.#row(e, row), { block, rows: 1, columns: length, row: 0, from: 0 }, length)
      return block
    })
    return { length, columns: length, blocks }
  }

  /** Writes the columns of the last run to where they belong: not before they are needed, so that what the run said is known first. */
  #settle(): void {
    const last = this.#last
    if (!last) return
    this.#last = undefined
    const needed = Math.max(...this.#lengths)
    if (needed > this.#columns || this.#blocksAre === 'theirs') this.#widen(needed + spare(needed), last.lengths)
    for (const [e, tensor] of last.tensors.entries()) {
      const entry = this.#graph.layout.cache[e] as CacheEntry
      for (const [row, from] of last.lengths.entries())
        write(entry, tensor, { ...this.#row(e, row), from }, this.length(row) - from)
    }
  }

  /** More columns. The blocks are moved within their memory where that suffices and nobody else holds them: fresh memory costs more than the copying. */
  #widen(columns: number, lengths: readonly number[]): void {
    const { cache } = this.#graph.layout
    const rows = this.size
    this.#blocks = cache.map((entry, e) => {
      const block = this.#blocks[e] as Block
      if (this.#blocksAre === 'mine' && block.length >= rows * rowSize(entry, columns)) {
        spread(entry, block, rows, this.#columns, columns)
        return block
      }
      // Half as much again, for the next time.
      const wider = emptyBlock(entry, rows, Math.ceil(columns * 1.5))
      for (const [row, length] of lengths.entries())
        copyColumns(entry, this.#row(e, row), { block: wider, rows, columns, row, from: 0 }, length)
      return wider
    })
    this.#columns = columns
    this.#blocksAre = 'mine'
  }

  /** Only these rows, in this order, which is that of the batch. */
  #keep(rows: readonly number[]): this {
    if (rows.length === this.size) return this
    this.#settle()
    for (const [e, entry] of this.#graph.layout.cache.entries()) {
      const size = rowSize(entry, this.#columns)
      const block = this.#blocks[e] as Block
      for (const [to, row] of rows.entries()) if (to !== row) block.copyWithin(to * size, row * size, (row + 1) * size)
    }
    this.#lengths.splice(0, this.#lengths.length, ...rows.map((row) => this.length(row)))
    return this
  }

  #row(index: number, row: number) {
    return { block: this.#blocks[index] as Block, rows: this.size, columns: this.#columns, row, from: 0 }
  }
}

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
  const source = toBlock(tensor)
  const tokens = source.length / ((tensor.dims[0] as number) * between * after)
  const flat = tensor.dims.length === 3
  for (let m = 0; m < between; m++)
    for (let i = 0; i < count; i++) {
      const at = flat
        ? ((target.row * tokens + i) * between + m) * after
        : ((target.row * between + m) * tokens + i) * after
      const to = ((target.row * between + m) * target.columns + target.from + i) * after
      for (let n = 0; n < after; n++) target.block[to + n] = source[at + n] as number
    }
}
