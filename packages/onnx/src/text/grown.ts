import type { Tensor } from 'onnxruntime-node'
import { type Batch, type Batches, type Logits, type Place, pastTensors, runBatch, type TextGraph } from './batch.ts'
import { type Block, copyColumns, emptyBlock, exactly, type TextCache, toBlock } from './cache.ts'
import type { CacheEntry } from './cache-layout.ts'

/**
 * A batch whose cache goes from run to run as the tensors that the graph gave, grown by a column per token. Rows end in the same column: what is missing at the front of the shorter ones, and what was
 * taken back, is masked.
 */
export class GrownBatch implements Batch {
  readonly #graph: TextGraph
  #blocks: readonly Block[]
  #columns: number
  /** Per row: 1 for the columns that hold a token. */
  #masks: Uint8Array[]
  readonly #lengths: number[]

  private constructor(graph: TextGraph, blocks: readonly Block[], columns: number, masks: Uint8Array[]) {
    this.#graph = graph
    this.#blocks = blocks
    this.#columns = columns
    this.#masks = masks
    this.#lengths = masks.map((mask) => mask.reduce((sum, bit) => sum + bit, 0))
  }

  static maker(graph: TextGraph): Batches<GrownBatch> {
    const { cache: entries } = graph.layout
    return {
      of: ({ cache, length = cache?.length ?? 0 } = {}) => {
        const blocks = cache ? exactly(entries, cache, length) : entries.map((entry) => emptyBlock(entry, 1, 0))
        return new GrownBatch(graph, blocks, length, [ones(length)])
      },
      join: (places) => GrownBatch.#join(graph, places),
    }
  }

  /** Without what nobody needs any more. One that is a batch already stays as it is. */
  static #join(graph: TextGraph, places: readonly Place<GrownBatch>[]): GrownBatch {
    const [first] = places
    const stays = places.every(({ batch, row }, i) => batch === first?.batch && row === i)
    if (first && stays && places.length === first.batch.size && !first.batch.#isWasteful()) return first.batch
    const lengths = places.map(({ batch, row }) => batch.length(row))
    const columns = Math.max(...lengths)
    const blocks = graph.layout.cache.map((entry, e) => {
      const block = emptyBlock(entry, places.length, columns)
      for (const [row, place] of places.entries()) {
        const target = { block, rows: places.length, columns, row, from: columns - (lengths[row] as number) }
        place.batch.#copy(e, entry, place.row, target)
      }
      return block
    })
    const masks = lengths.map((length) => new Uint8Array(columns).fill(1, columns - length))
    return new GrownBatch(graph, blocks, columns, masks)
  }

  get size(): number {
    return this.#masks.length
  }

  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.byteLength, 0)
  }

  length(row: number): number {
    return this.#lengths[row] as number
  }

  async feed(tokens: readonly (readonly number[])[], keep = 1): Promise<Logits> {
    const { cache } = this.#graph.layout
    const count = tokens[0]?.length ?? 0
    const masks = this.#masks.map((mask) => grown(mask, count))
    const { logits, tensors } = await runBatch(this.#graph, {
      tokens,
      lengths: this.#lengths,
      masks,
      past: pastTensors(this.#graph.layout, this.#blocks, this.size, this.#columns),
      keep,
      outputs: cache.map(({ output }) => output),
    })
    this.#blocks = cache.map(({ output }) => toBlock(tensors[output] as Tensor))
    this.#columns += count
    this.#masks = masks
    for (const row of masks.keys()) this.#lengths[row] = this.length(row) + count
    return logits
  }

  /** Where the graph does not pass over masked columns they are taken out, which copies the cache. */
  rewind(row: number, count: number): void {
    const mask = this.#masks[row] as Uint8Array
    for (let at = mask.length - 1, left = count; left > 0; at--) {
      if (mask[at] === 0) continue
      mask[at] = 0
      left--
    }
    this.#lengths[row] = this.length(row) - count
    if (this.#graph.masks || count === 0) return
    const { length, memory } = this.take(row)
    this.#blocks = memory.blocks
    this.#columns = length
    this.#masks = [ones(length)]
  }

  /** A batch of one without gaps is not copied. */
  take(row: number): TextCache {
    const length = this.length(row)
    if (this.size === 1 && length === this.#columns) return whole(length, this.#blocks)
    const blocks = this.#graph.layout.cache.map((entry, e) => {
      const block = emptyBlock(entry, 1, length)
      this.#copy(e, entry, row, { block, rows: 1, columns: length, row: 0, from: 0 })
      return block
    })
    return whole(length, blocks)
  }

  /** True when a quarter of the columns hold a token of no row. */
  #isWasteful(): boolean {
    return this.#columns - Math.max(...this.#lengths) > Math.max(16, this.#columns / 4)
  }

  /** Copies the columns of a row that hold tokens. */
  #copy(
    index: number,
    entry: CacheEntry,
    row: number,
    target: { block: Block; rows: number; columns: number; row: number; from: number },
  ): void {
    const source = { block: this.#blocks[index] as Block, rows: this.size, columns: this.#columns, row, from: 0 }
    if (entry.lengthAxis === undefined) return copyColumns(entry, source, target, 1)
    let at = target.from
    for (const [from, count] of runsOf(this.#masks[row] as Uint8Array)) {
      copyColumns(entry, { ...source, from }, { ...target, from: at }, count)
      at += count
    }
  }
}

/** A cache of which every column holds a token. */
const whole = (length: number, blocks: readonly Block[]): TextCache => ({
  length,
  memory: { blocks, columns: length, readers: 0 },
})

const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1)

function grown(mask: Uint8Array, count: number): Uint8Array {
  const longer = new Uint8Array(mask.length + count)
  longer.set(mask)
  return longer.fill(1, mask.length)
}

/** Where ones follow each other: start and count. */
function runsOf(mask: Uint8Array): [from: number, count: number][] {
  const runs: [number, number][] = []
  for (let at = mask.indexOf(1); at >= 0; ) {
    const zero = mask.indexOf(0, at)
    const end = zero < 0 ? mask.length : zero
    runs.push([at, end - at])
    at = mask.indexOf(1, end)
  }
  return runs
}
