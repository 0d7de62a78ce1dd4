import { Tensor } from 'onnxruntime-node'
import type { Graph } from '../runtime/session.ts'
import { bitsOf, floatsOf, integers } from '../runtime/tensors.ts'
import type { CacheEntry, GraphLayout } from './cache-layout.ts'

/** One text that the model is reading and writing, with the cache of what it has seen. */
export interface Sequence {
  /** Shows the model more tokens and gives the logits after the last one: yours to change, until the next call. */
  feed(tokens: readonly number[]): Promise<Float32Array>
  /** Milliseconds spent in the graph so far. */
  readonly runMs: number
  /** Frees the cache. */
  dispose(): void
}

type Tensors = Record<string, Tensor>

/** Begins an empty text. The cache goes from step to step as the tensors that the graph gave. */
export function sequence(run: Graph['run'], layout: GraphLayout): Sequence {
  let cache: Tensors = Object.fromEntries(layout.cache.map((entry) => [entry.input, emptyTensor(entry)]))
  let length = 0
  let runMs = 0
  return {
    async feed(tokens) {
      const inputs = { ...cache, ...toInputs(tokens, length, layout) }
      const before = performance.now()
      const outputs = await run(inputs)
      runMs += performance.now() - before
      const grown: Tensors = {}
      for (const { input, output } of layout.cache) grown[input] = readable(outputs[output] as Tensor)
      free(cache)
      cache = grown
      length += tokens.length
      return lastRow(outputs[layout.logits] as Tensor)
    },
    get runMs() {
      return runMs
    },
    dispose() {
      free(cache)
      cache = {}
    },
  }
}

function free(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

function toInputs(tokens: readonly number[], length: number, { ids, mask, positions, keep }: GraphLayout): Tensors {
  const count = tokens.length
  const inputs: Tensors = { [ids.name]: integers(ids.type, tokens, [1, count]) }
  if (mask) inputs[mask.name] = ones(mask.type, [1, length + count])
  if (positions)
    inputs[positions.name] = integers(
      positions.type,
      tokens.map((_, i) => length + i),
      [1, count],
    )
  if (keep) inputs[keep.name] = ones(keep.type, keep.shape.length === 0 ? [] : [1])
  return inputs
}

function ones(type: Tensor.Type, dims: readonly number[]): Tensor {
  const count = dims.at(-1) ?? 1
  return type === 'int32'
    ? new Tensor('int32', new Int32Array(count).fill(1), dims)
    : new Tensor('int64', new BigInt64Array(count).fill(1n), dims)
}

/** States of fixed size (of convolutions) begin with zeros, everything else with nothing. */
function emptyTensor({ type, emptyShape }: CacheEntry): Tensor {
  const size = emptyShape.reduce((product, n) => product * n, 1)
  return type === 'float16'
    ? readable(new Tensor('float16', new Uint16Array(size), emptyShape))
    : new Tensor('float32', new Float32Array(size), emptyShape)
}

/** The runtime hands out a Float16Array where JavaScript has that (Node 24), but 1.30 reads halves only from their bits. */
function readable(tensor: Tensor): Tensor {
  return tensor.type === 'float16' ? Object.defineProperty(tensor, 'data', { value: bitsOf(tensor.data) }) : tensor
}

/** The logits of the last position, as 32-bit numbers. */
const lastRow = (logits: Tensor): Float32Array => floatsOf(logits, logits.data.length - (logits.dims.at(-1) as number))
