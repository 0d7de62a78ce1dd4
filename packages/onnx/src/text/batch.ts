import { Tensor } from 'onnxruntime-node'
import type { Graph } from '../runtime/session.ts'
import { floatsOf, integers } from '../runtime/tensors.ts'
import { type Block, blockShape, copyColumns, emptyBlock, type TextCache, toBlock } from './cache.ts'
import type { CacheEntry, GraphLayout } from './cache-layout.ts'

/** A graph and how it is spoken to. */
export interface TextGraph {
  readonly run: Graph['run']
  readonly layout: GraphLayout
}

/** The logits of one run. */
export interface Logits {
  /** Those after the token that stands so many places before the last one of a row: yours to change. */
  of(row: number, fromEnd: number): Float32Array
  /** Milliseconds in the graph. */
  readonly runMs: number
}

/** A row of a batch. */
export interface Place {
  readonly batch: Batch
  readonly row: number
}

/**
 * Texts that go through the graph together, one a row. Rows end in the same column: what is missing at the front of the shorter ones, and what was taken back, is masked. The cache goes from run to
 * run as the tensors that the graph gave.
 */
export class Batch {
  readonly #graph: TextGraph
  #blocks: Block[]
  #columns: number
  /** Per row: 1 for the columns that hold a token. */
  #masks: Uint8Array[]
  #lengths: number[]

  private constructor(graph: TextGraph, blocks: Block[], columns: number, masks: Uint8Array[]) {
    this.#graph = graph
    this.#blocks = blocks
    this.#columns = columns
    this.#masks = masks
    this.#lengths = masks.map((mask) => mask.reduce((sum, bit) => sum + bit, 0))
  }

  /** One text, from what is remembered of its beginning. */
  static of(graph: TextGraph, cache?: TextCache): Batch {
    const length = cache?.length ?? 0
    const blocks = cache?.blocks ?? graph.layout.cache.map((entry) => emptyBlock(entry, 1, 0))
    return new Batch(graph, [...blocks], length, [ones(length)])
  }

  /** Rows of other batches, without what nobody needs any more. One that is a batch already stays as it is. */
  static join(graph: TextGraph, places: readonly Place[]): Batch {
    const [first] = places
    if (
      first &&
      places.length === first.batch.size &&
      places.every((place, i) => place.batch === first.batch && place.row === i)
    )
      if (!first.batch.wasteful) return first.batch
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
    const masks = lengths.map((length) => {
      const mask = new Uint8Array(columns)
      return mask.fill(1, columns - length)
    })
    return new Batch(graph, blocks, columns, masks)
  }

  /** Rows. */
  get size(): number {
    return this.#masks.length
  }

  /** Tokens in a row. */
  length(row: number): number {
    return this.#lengths[row] as number
  }

  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.byteLength, 0)
  }

  /** True when a quarter of the columns hold a token of no row. */
  get wasteful(): boolean {
    return this.#columns - Math.max(...this.#lengths) > Math.max(16, this.#columns / 4)
  }

  /** Shows more tokens, as many in every row, and gives the logits after the last `keep` of them. */
  async feed(tokens: readonly (readonly number[])[], keep = 1): Promise<Logits> {
    const { run, layout } = this.#graph
    const count = tokens[0]?.length ?? 0
    const columns = this.#columns + count
    const masks = this.#masks.map((mask) => grown(mask, count))
    const inputs = { ...this.#cacheTensors(), ...this.#inputs(tokens, masks, keep) }
    const before = performance.now()
    const outputs = await run(inputs)
    const runMs = performance.now() - before
    this.#blocks = layout.cache.map(({ output }) => toBlock(outputs[output] as Tensor))
    this.#columns = columns
    this.#masks = masks
    this.#lengths = this.#lengths.map((length) => length + count)
    return { of: readerOf(outputs[layout.logits] as Tensor), runMs }
  }

  /** Takes the last `count` tokens of a row back. `masked`: the graph passes over columns that are masked; else they are taken out, which copies the cache. */
  rewind(row: number, count: number, masked: boolean): void {
    const mask = this.#masks[row] as Uint8Array
    for (let at = mask.length - 1, left = count; left > 0; at--) {
      if (mask[at] === 0) continue
      mask[at] = 0
      left--
    }
    this.#lengths[row] = this.length(row) - count
    if (masked || count === 0) return
    const { length, blocks } = this.take(row)
    this.#blocks = [...blocks]
    this.#columns = length
    this.#masks = [ones(length)]
  }

  /** What is remembered of a row, on its own. A batch of one without gaps is not copied. */
  take(row: number): TextCache {
    const length = this.length(row)
    if (this.size === 1 && length === this.#columns) return { length, blocks: this.#blocks }
    const blocks = this.#graph.layout.cache.map((entry, e) => {
      const block = emptyBlock(entry, 1, length)
      this.#copy(e, entry, row, { block, rows: 1, columns: length, row: 0, from: 0 })
      return block
    })
    return { length, blocks }
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

  #cacheTensors(): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {}
    for (const [i, entry] of this.#graph.layout.cache.entries()) {
      const shape = blockShape(entry, this.size, this.#columns)
      const block = this.#blocks[i] as Block
      tensors[entry.input] =
        block instanceof Uint16Array ? new Tensor('float16', block, shape) : new Tensor('float32', block, shape)
    }
    return tensors
  }

  #inputs(tokens: readonly (readonly number[])[], masks: readonly Uint8Array[], keep: number): Record<string, Tensor> {
    const { layout } = this.#graph
    const count = tokens[0]?.length ?? 0
    const shape = [this.size, count]
    const inputs: Record<string, Tensor> = { [layout.ids.name]: integers(layout.ids.type, tokens.flat(), shape) }
    if (layout.mask) inputs[layout.mask.name] = maskTensor(layout.mask.type, masks)
    if (layout.positions) {
      const positions = this.#lengths.flatMap((length) => Array.from({ length: count }, (_, i) => length + i))
      inputs[layout.positions.name] = integers(layout.positions.type, positions, shape)
    }
    if (layout.keep)
      inputs[layout.keep.name] = integers(layout.keep.type, [keep], layout.keep.shape.length === 0 ? [] : [1])
    return inputs
  }
}

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

/** Written as pairs of 32-bit halves: a thousand columns would be a thousand BigInts otherwise. */
function maskTensor(type: Tensor.Type, masks: readonly Uint8Array[]): Tensor {
  const columns = masks[0]?.length ?? 0
  const wide = type !== 'int32'
  const words = new Int32Array(masks.length * columns * (wide ? 2 : 1))
  let at = 0
  for (const mask of masks)
    for (let i = 0; i < columns; i++) {
      words[at] = mask[i] as number
      at += wide ? 2 : 1
    }
  const shape = [masks.length, columns]
  return wide ? new Tensor('int64', new BigInt64Array(words.buffer), shape) : new Tensor('int32', words, shape)
}

/** Graphs that do not know how many logits are wanted give those of all positions. */
function readerOf(tensor: Tensor): Logits['of'] {
  const [, positions = 1, size = 0] = tensor.dims
  return (row, fromEnd) => {
    const start = (row * positions + positions - 1 - fromEnd) * size
    return floatsOf(tensor, start, start + size)
  }
}
