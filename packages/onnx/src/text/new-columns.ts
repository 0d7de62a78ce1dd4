import type { GraphFile, GraphNode } from '../runtime/graph-file.ts'

/** A tensor inside of a graph that can be made an output. */
export interface InnerTensor {
  readonly name: string
  readonly type: string
}

/** Where attention takes the new keys and values, the past ones, and gives all of them: places of inputs and outputs. https://onnx.ai/onnx/operators/onnx__Attention.html */
const attention = [
  { fresh: 1, past: 4, present: 1 },
  { fresh: 2, past: 5, present: 2 },
] as const

/**
 * What the cache of a graph grows by in a run, by the name of the input that holds the past: what is put behind the past by a `Concat`, or goes into a standard `Attention`. Fused operators that turn keys
 * by their position inside have no such tensor.
 */
export function newColumns({ inputs, outputs, nodes }: GraphFile): ReadonlyMap<string, InnerTensor> {
  const types = new Map(inputs.map(({ name, type }) => [name, type]))
  const given = new Set(outputs.map(({ name }) => name))
  const found = new Map<string, InnerTensor>()
  const note = (past = '', present = '', fresh = '') => {
    const type = types.get(past)
    if (type !== undefined && fresh !== '' && given.has(present)) found.set(past, { name: fresh, type })
  }
  for (const { op, inputs: takes, outputs: gives } of nodes.filter(isStandard)) {
    if (op === 'Concat' && takes.length === 2) note(takes[0], gives[0], takes[1])
    if (op === 'Attention') for (const at of attention) note(takes[at.past], gives[at.present], takes[at.fresh])
  }
  return found
}

const isStandard = ({ domain }: GraphNode): boolean => domain === '' || domain === 'ai.onnx'

/** Numbers of `TensorProto.DataType`. */
const elementTypes: Readonly<Record<string, number>> = { float32: 1, float16: 10 }

/** What makes tensors of a graph its outputs when it is put behind the bytes of an `.onnx` file: messages of protobuf that come in two pieces are read as one, their lists one after the other. */
export function asOutputs(tensors: readonly InnerTensor[]): Uint8Array {
  const values = tensors.flatMap(({ name, type }) => {
    const tensorType = [0x08, elementTypes[type] ?? 0]
    return block(12, [...block(1, [...new TextEncoder().encode(name)]), ...block(2, block(1, tensorType))])
  })
  return Uint8Array.from(block(7, values))
}

const block = (field: number, bytes: readonly number[]): number[] => [
  ...varint((field << 3) | 2),
  ...varint(bytes.length),
  ...bytes,
]

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
