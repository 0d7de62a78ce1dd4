import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { broken } from '../folder.ts'

/** One input or output of a graph. */
export interface GraphValue {
  readonly name: string
  /** As the runtime calls it, such as `float32`. */
  readonly type: string
  /** A name stands for a size that is open. */
  readonly shape: readonly (number | string)[]
}

/** One step of a graph. */
export interface GraphNode {
  readonly op: string
  /** Whose operator it is; empty for the standard ones. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** What a graph's file says of it. */
export interface GraphFile {
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  readonly nodes: readonly GraphNode[]
  /** Version of the standard operators. */
  readonly opset: number
  /** Files of weights that belong to it, relative to its own. */
  readonly external: readonly string[]
}

/**
 * Reads an `.onnx` file's face without its weights, which are stepped over: milliseconds for gigabytes. Throws `config` for a file that is damaged.
 * The numbers of fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function readGraphFile(path: string): GraphFile {
  const file = openSync(path, 'r')
  try {
    return new GraphReader(file).model()
  } catch (error) {
    throw broken(`${path} is damaged: ${(error as Error).message}. Download it again.`, error)
  } finally {
    closeSync(file)
  }
}

/** Files of weights that a graph names; none for a file that can't be read, of which the runtime says what is wrong. */
export function externalFiles(path: string): readonly string[] {
  try {
    return readGraphFile(path).external
  } catch {
    return []
  }
}

/** Names of `TensorProto.DataType`. */
const elementTypes: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
  21: 'uint4',
  22: 'int4',
}

interface Span {
  readonly from: number
  readonly to: number
}

/** One field of a message: a number, or where its bytes are. */
interface Field extends Span {
  readonly number: number
  readonly value: number
}

const windowSize = 64 * 1024
/** Graphs lie in nodes of graphs; real ones two or three deep. */
const maxDepth = 16

class GraphReader {
  readonly #file: number
  readonly #size: number
  readonly #window = Buffer.allocUnsafe(windowSize)
  #windowAt = 0
  #windowLength = 0
  #at = 0
  readonly #external = new Set<string>()

  constructor(file: number) {
    this.#file = file
    this.#size = fstatSync(file).size
  }

  model(): GraphFile {
    const inputs: GraphValue[] = []
    const outputs: GraphValue[] = []
    const nodes: GraphNode[] = []
    const constants = new Set<string>()
    let opset = 0
    for (const field of this.#fields({ from: 0, to: this.#size })) {
      if (field.number === 8) opset = Math.max(opset, this.#standardOpset(field))
      if (field.number !== 7) continue
      for (const part of this.#fields(field)) {
        if (part.number === 1) nodes.push(this.#node(part, 0))
        else if (part.number === 5) constants.add(this.#tensor(part))
        else if (part.number === 11) inputs.push(this.#graphValue(part))
        else if (part.number === 12) outputs.push(this.#graphValue(part))
      }
    }
    if (outputs.length === 0) throw new Error('it holds no graph')
    // Old files list constants among their inputs.
    return {
      inputs: inputs.filter(({ name }) => !constants.has(name)),
      outputs,
      nodes,
      opset,
      external: [...this.#external],
    }
  }

  #standardOpset(span: Span): number {
    let domain = ''
    let version = 0
    for (const field of this.#fields(span)) {
      if (field.number === 1) domain = this.#text(field)
      if (field.number === 2) version = field.value
    }
    return domain === '' || domain === 'ai.onnx' ? version : 0
  }

  /** Attributes hold tensors and graphs of their own. */
  #node(span: Span, depth: number): GraphNode {
    if (depth > maxDepth) throw new Error('its graphs are nested too deeply')
    const inputs: string[] = []
    const outputs: string[] = []
    let op = ''
    let domain = ''
    for (const field of this.#fields(span)) {
      if (field.number === 1) inputs.push(this.#text(field))
      if (field.number === 2) outputs.push(this.#text(field))
      if (field.number === 4) op = this.#text(field)
      if (field.number === 5) this.#attribute(field, depth)
      if (field.number === 7) domain = this.#text(field)
    }
    return { op, domain, inputs, outputs }
  }

  #attribute(span: Span, depth: number): void {
    for (const field of this.#fields(span)) {
      if (field.number === 5 || field.number === 10) this.#tensor(field)
      if (field.number === 6 || field.number === 11) this.#innerGraph(field, depth + 1)
    }
  }

  #innerGraph(span: Span, depth: number): void {
    for (const part of this.#fields(span)) {
      if (part.number === 1) this.#node(part, depth)
      if (part.number === 5) this.#tensor(part)
    }
  }

  /** The name of a tensor; notes the file that its numbers are in. */
  #tensor(span: Span): string {
    let name = ''
    let isExternal = false
    let location = ''
    for (const field of this.#fields(span)) {
      if (field.number === 8) name = this.#text(field)
      if (field.number === 14) isExternal = field.value === 1
      if (field.number === 13) location = this.#location(field) ?? location
    }
    if (isExternal && location) this.#external.add(location)
    return name
  }

  #location(span: Span): string | undefined {
    let key = ''
    let value = ''
    for (const field of this.#fields(span)) {
      if (field.number === 1) key = this.#text(field)
      if (field.number === 2) value = this.#text(field)
    }
    return key === 'location' ? value.replace(/^(\.\/)+/, '') : undefined
  }

  #graphValue(span: Span): GraphValue {
    let name = ''
    let type = 'unknown'
    let shape: (number | string)[] = []
    for (const field of this.#fields(span)) {
      if (field.number === 1) name = this.#text(field)
      if (field.number !== 2) continue
      for (const kind of this.#fields(field)) {
        if (kind.number !== 1) continue
        for (const part of this.#fields(kind)) {
          if (part.number === 1) type = elementTypes[part.value] ?? type
          if (part.number === 2) shape = [...this.#fields(part)].map((size) => this.#dimension(size))
        }
      }
    }
    return { name, type, shape }
  }

  #dimension(span: Span): number | string {
    let size: number | string = '?'
    for (const field of this.#fields(span)) size = field.number === 1 ? field.value : this.#text(field)
    return size
  }

  /** The fields of a message, one after the other. A reader may go into one and be anywhere in it when it asks for the next. */
  *#fields({ from, to }: Span): Generator<Field> {
    this.#at = from
    while (this.#at < to) {
      const key = this.#varint()
      const wire = key % 8
      const number = Math.floor(key / 8)
      const value = wire === 0 || wire === 2 ? this.#varint() : 0
      const start = this.#at
      const length = { 0: 0, 1: 8, 2: value, 5: 4 }[wire]
      if (length === undefined || number === 0 || start + length > to) throw new Error('it is cut off or no ONNX file')
      yield { number, value, from: start, to: start + length }
      this.#at = start + length
    }
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte()
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new Error('it is no ONNX file')
  }

  #byte(): number {
    const at = this.#at++
    if (at < this.#windowAt || at >= this.#windowAt + this.#windowLength) {
      this.#windowLength = readSync(this.#file, this.#window, 0, windowSize, at)
      this.#windowAt = at
      if (this.#windowLength === 0) throw new Error('it is cut off')
    }
    return this.#window[at - this.#windowAt] as number
  }

  #text({ from, to }: Span): string {
    if (to - from > windowSize) throw new Error('a name in it is too long')
    const bytes = Buffer.allocUnsafe(to - from)
    const length = readSync(this.#file, bytes, 0, bytes.length, from)
    return bytes.toString('utf8', 0, length)
  }
}
