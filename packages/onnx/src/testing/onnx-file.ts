/** Just enough of ONNX's protobuf format to write graphs of a few nodes. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */

type Bytes = readonly number[]

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]

const integer = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)]

const block = (field: number, bytes: Bytes | Uint8Array): number[] => {
  const out = [...varint((field << 3) | 2), ...varint(bytes.length)]
  for (const byte of bytes) out.push(byte)
  return out
}

const text = (field: number, value: string): Bytes => block(field, new TextEncoder().encode(value))

/** Numbers of `TensorProto.DataType`. */
const types = { float32: 1, int64: 7, bool: 9, float16: 10 } as const
export type ElementType = keyof typeof types

interface Value {
  readonly name: string
  readonly type: ElementType
  /** A name leaves the size open. */
  readonly shape: readonly (number | string)[]
}

interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, number>>
}

interface Constant {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly data: BigInt64Array | Float32Array | Uint16Array
  /** File beside the graph that holds the data, and where in it; else the graph itself does. */
  readonly external?: { readonly location: string; readonly offset: number }
}

export interface Graph {
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly constants: readonly Constant[]
  readonly nodes: readonly Node[]
}

/** A graph as the bytes of an `.onnx` file. */
export function onnxFile({ inputs, outputs, constants, nodes }: Graph): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => block(1, toNode(node))),
    ...text(2, 'toy'),
    ...constants.flatMap((constant) => block(5, toTensor(constant))),
    ...inputs.flatMap((value) => block(11, toValue(value))),
    ...outputs.flatMap((value) => block(12, toValue(value))),
  ]
  return Uint8Array.from([...integer(1, 8), ...block(7, graph), ...block(8, integer(2, 17))])
}

const toNode = ({ op, inputs, outputs, attributes = {} }: Node): Bytes => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(([name, value]) =>
    block(5, [...text(1, name), ...integer(3, value), ...integer(20, 2)]),
  ),
]

const toTensor = ({ name, type, dims, data, external }: Constant): Bytes => [
  ...dims.flatMap((size) => integer(1, size)),
  ...integer(2, types[type]),
  ...text(8, name),
  ...(external ? toPlace({ ...external, length: data.byteLength }) : block(9, new Uint8Array(data.buffer))),
]

const toPlace = (entries: Readonly<Record<string, string | number>>): Bytes => [
  ...Object.entries(entries).flatMap(([key, value]) => block(13, [...text(1, key), ...text(2, `${value}`)])),
  ...integer(14, 1),
]

const toValue = ({ name, type, shape }: Value): Bytes => {
  const dims = shape.flatMap((size) => block(1, typeof size === 'number' ? integer(1, size) : text(2, size)))
  return [...text(1, name), ...block(2, block(1, [...integer(1, types[type]), ...block(2, dims)]))]
}
