import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { random } from '../text/random.ts'
import { type ElementType, type Graph, onnxFile } from './onnx-file.ts'
import { scratchFolder, special, tokenizerJson } from './toy-model.ts'

const vocabulary = 258
const longest = 4_096

export interface ToyWriterOptions {
  /** How many different moods it can be in; each has logits of its own. Few make it repeat itself. Default 97. */
  readonly moods?: number
  /**
   * What it remembers by. `masked`: a cache that grows, columns that are masked are passed over. `unmasked`: such columns are looked at. `state`: a number of fixed size.
   * Default `masked`.
   */
  readonly memory?: 'masked' | 'unmasked' | 'state'
  readonly template?: string | null
}

/**
 * Writes the folder of a real, tiny model whose logits hang on every token that it has seen and on where it stood: whatever goes wrong with a cache, a mask or a position changes what it
 * writes. It computes with whole numbers, so it writes exactly the same alone and among others. Its prompt is the text of the messages, a token per byte.
 */
export function toyWriter({ moods = 97, memory = 'masked', template = null }: ToyWriterOptions = {}): string {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'onnx'))
  const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value))
  write('config.json', { max_position_embeddings: longest, eos_token_id: special.end })
  write('tokenizer.json', tokenizerJson())
  write('tokenizer_config.json', template === null ? {} : { chat_template: template })
  writeFileSync(join(folder, 'onnx/model.onnx'), onnxFile(graph(moods, memory)))
  return folder
}

function graph(moods: number, memory: 'masked' | 'unmasked' | 'state'): Graph {
  const draw = random(moods)
  const weights = Float32Array.from({ length: vocabulary }, () => 1 + Math.floor(draw() * 95))
  const table = Float32Array.from({ length: moods * vocabulary }, () => Math.floor(draw() * 4096) / 512)
  const integers = (name: string, ...data: number[]) => ({
    name,
    type: 'int64' as ElementType,
    dims: [data.length],
    data: BigInt64Array.from(data, BigInt),
  })
  const floats = (name: string, dims: number[], ...data: number[]) => ({
    name,
    type: 'float32' as ElementType,
    dims,
    data: Float32Array.from(data),
  })
  const growing = memory !== 'state'
  const cached = (name: string, length: string) =>
    ({ name, type: 'float32', shape: growing ? ['batch', 1, length, 1] : ['batch', 1] }) as const
  const names = growing ? ['key', 'value'] : ['state']
  return {
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch', 'length'] },
      { name: 'attention_mask', type: 'int64', shape: ['batch', 'total'] },
      { name: 'position_ids', type: 'int64', shape: ['batch', 'length'] },
      ...names.map((name) => cached(`past_key_values.0.${name}`, 'past')),
    ],
    outputs: [
      { name: 'logits', type: 'float32', shape: ['batch', 'length', vocabulary] },
      ...names.map((name) => cached(`present.0.${name}`, 'total')),
    ],
    constants: [
      { name: 'weights', type: 'float32', dims: [vocabulary], data: weights },
      { name: 'table', type: 'float32', dims: [moods, vocabulary], data: table },
      floats('one', [], 1),
      floats('moods', [], moods),
      floats('wrap', [], 8_191),
      integers('outer', 1, 3),
      integers('lengthAt', 1),
      integers('end', longest * 2),
      integers('columns', 1),
      { name: 'axis', type: 'int64', dims: [], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      // Every token counts by what it is and where it stands.
      { op: 'Gather', inputs: ['weights', 'input_ids'], outputs: ['weight'] },
      { op: 'Cast', inputs: ['position_ids'], outputs: ['position'], attributes: { to: 1 } },
      { op: 'Add', inputs: ['position', 'one'], outputs: ['place'] },
      { op: 'Mul', inputs: ['weight', 'place'], outputs: ['product'] },
      { op: 'Mod', inputs: ['product', 'moods'], outputs: ['count'], attributes: { fmod: 1 } },
      ...(growing ? grown(memory === 'masked') : carried),
      { op: 'Mod', inputs: ['sum', 'moods'], outputs: ['mood'], attributes: { fmod: 1 } },
      { op: 'Cast', inputs: ['mood'], outputs: ['row'], attributes: { to: 7 } },
      { op: 'Gather', inputs: ['table', 'row'], outputs: ['logits'] },
    ],
  }
}

/** Sums up what the cache holds up to each new token. */
const grown = (masked: boolean): Graph['nodes'] => [
  { op: 'Unsqueeze', inputs: ['count', 'outer'], outputs: ['fresh'] },
  ...['key', 'value'].map((name) => ({
    op: 'Concat',
    inputs: [`past_key_values.0.${name}`, 'fresh'],
    outputs: [`present.0.${name}`],
    attributes: { axis: 2 },
  })),
  { op: 'Add', inputs: ['present.0.key', 'present.0.value'], outputs: ['both'] },
  { op: 'Squeeze', inputs: ['both', 'outer'], outputs: ['seen'] },
  { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
  ...(masked
    ? [{ op: 'Mul', inputs: ['seen', 'mask'], outputs: ['counted'] }]
    : [{ op: 'Identity', inputs: ['seen'], outputs: ['counted'] }]),
  { op: 'CumSum', inputs: ['counted', 'axis'], outputs: ['sums'] },
  { op: 'Shape', inputs: ['input_ids'], outputs: ['shape'] },
  { op: 'Gather', inputs: ['shape', 'lengthAt'], outputs: ['length'] },
  { op: 'Neg', inputs: ['length'], outputs: ['start'] },
  { op: 'Slice', inputs: ['sums', 'start', 'end', 'columns'], outputs: ['sum'] },
]

/** Carries the sum on in a state, without any cache. */
const carried: Graph['nodes'] = [
  { op: 'CumSum', inputs: ['count', 'axis'], outputs: ['sums'] },
  { op: 'Add', inputs: ['sums', 'past_key_values.0.state'], outputs: ['all'] },
  { op: 'Mod', inputs: ['all', 'wrap'], outputs: ['sum'], attributes: { fmod: 1 } },
  { op: 'Neg', inputs: ['columns'], outputs: ['last'] },
  { op: 'Slice', inputs: ['sum', 'last', 'end', 'columns'], outputs: ['present.0.state'] },
]
