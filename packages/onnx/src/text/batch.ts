import { Tensor } from 'onnxruntime-node'
import type { Graph } from '../runtime/session.ts'
import { floatsOf, integers } from '../runtime/tensors.ts'
import { type Block, blockShape, type TextCache } from './cache.ts'
import type { GraphLayout } from './cache-layout.ts'
import { ColumnBatch } from './columns.ts'
import { GrownBatch } from './grown.ts'

/** A graph and how it is spoken to. */
export interface TextGraph {
  readonly run: Graph['run']
  readonly layout: GraphLayout
  /** It passes over columns that are masked, wherever they are. */
  readonly masks: boolean
  /** Outputs that hold what each entry of the cache grows by in a run; absent where the graph gives only the whole cache. */
  readonly fresh?: readonly string[] | undefined
}

/** The logits of one run. */
export interface Logits {
  /** Those after the token that stands so many places before the last one of a row: yours to change. */
  of(row: number, fromEnd: number): Float32Array
  /** Milliseconds in the graph. */
  readonly runMs: number
}

/** Texts that go through the graph together, one a row. */
export interface Batch {
  /** Rows. */
  readonly size: number
  /** Bytes of the caches. */
  readonly bytes: number
  /** Tokens in a row. */
  length(row: number): number
  /** Shows more tokens, as many in every row, and gives the logits after the last `keep` of them. */
  feed(tokens: readonly (readonly number[])[], keep?: number): Promise<Logits>
  /** Takes the last `count` tokens of a row back. */
  rewind(row: number, count: number): void
  /** What is remembered of a row, on its own. */
  take(row: number): TextCache
}

/** A row of a batch. */
export interface Place<B extends Batch = Batch> {
  readonly batch: B
  readonly row: number
}

/** What a text begins with: the first `length` tokens of what is remembered, and how many tokens it will have at least. */
interface BatchStart {
  readonly cache?: TextCache | undefined
  readonly length?: number | undefined
  readonly expected?: number
}

/** Makes the batches of a graph. */
export interface Batches<B extends Batch = Batch> {
  /** One text. */
  of(start?: BatchStart): B
  /** Rows of other batches together. `spent`: the other rows of those batches are needed no more. */
  join(places: readonly Place<B>[], spent: boolean): B
}

/** The batches that suit a graph: where it tells what a cache grows by and masks columns, caches that stay where they are; else caches that go from run to run as the graph gave them. */
export function batchesOf(graph: TextGraph): Batches {
  const { masks, fresh, layout } = graph
  const inRows = layout.cache.every(({ rowAxis, lengthAxis }) => rowAxis === 0 && lengthAxis !== undefined)
  return (masks && fresh && inRows ? ColumnBatch.maker(graph, fresh) : GrownBatch.maker(graph)) as Batches
}

/** What one run is asked. */
export interface Asked {
  readonly tokens: readonly (readonly number[])[]
  /** How many tokens each row had before. */
  readonly lengths: readonly number[]
  /** Per row, which columns are looked at. */
  readonly masks: readonly Uint8Array[]
  /** The cache: a tensor per entry of the layout. */
  readonly past: readonly Tensor[]
  readonly keep: number
  /** Outputs that are wanted besides the logits. */
  readonly outputs: readonly string[]
}

/** Runs the graph over a batch. */
export async function runBatch(
  { run, layout }: TextGraph,
  { tokens, lengths, masks, past, keep, outputs }: Asked,
): Promise<{ logits: Logits; tensors: Record<string, Tensor> }> {
  const { ids, mask, positions, keep: keeps } = layout
  const rows = tokens.length
  const count = tokens[0]?.length ?? 0
  const inputs: Record<string, Tensor> = { [ids.name]: integers(ids.type, tokens.flat(), [rows, count]) }
  for (const [i, { input }] of layout.cache.entries()) inputs[input] = past[i] as Tensor
  if (mask) inputs[mask.name] = maskTensor(mask.type, masks)
  if (positions) {
    const places = lengths.flatMap((length) => Array.from({ length: count }, (_, i) => length + i))
    inputs[positions.name] = integers(positions.type, places, [rows, count])
  }
  if (keeps) inputs[keeps.name] = integers(keeps.type, [keep], keeps.shape.length === 0 ? [] : [1])
  const before = performance.now()
  const tensors = await run(inputs, [layout.logits, ...outputs])
  const runMs = performance.now() - before
  return { logits: { of: readerOf(tensors[layout.logits] as Tensor), runMs }, tensors }
}

/** The cache of so many rows and columns as the graph takes it. The blocks are read where they are, so the tensors serve as long as blocks, rows and columns stay. */
export const pastTensors = (
  { cache }: GraphLayout,
  blocks: readonly Block[],
  rows: number,
  columns: number,
): readonly Tensor[] => cache.map((entry, i) => blockTensor(blocks[i] as Block, blockShape(entry, rows, columns)))

const blockTensor = (block: Block, shape: readonly number[]): Tensor =>
  block instanceof Uint16Array ? halfTensor(block, shape) : new Tensor('float32', block, shape)

/** A tensor of JavaScript holds a Float16Array where there is one (Node 24), but the runtime (1.30) reads halves only from their bits. */
const halfTensor = (bits: Uint16Array, shape: readonly number[]): Tensor =>
  Object.defineProperty(new Tensor('float16', bits, shape), 'data', { value: bits })

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
