import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { addedToken } from './added-token.ts'
import { type ElementType, onnxFile } from './onnx-file.ts'

/** Ids of the toy vocabulary beyond the 256 bytes. */
export const special = { end: 256, toolCalls: 257 } as const
const vocabulary = 258

export interface ToyOptions {
  /** What the model says, whatever it is asked. */
  readonly says: string | readonly number[]
  readonly precision?: 'float32' | 'float16'
  /** Default: one that renders two tokens, takes tools, and ignores the messages. `null`: none, the model continues its prompt. */
  readonly template?: string | null
  readonly context?: number
  readonly generation?: object
  /** Keys and values of the cache apart, or in one tensor with names as older exports have them. Default `split`. */
  readonly cache?: keyof typeof caches
  /** Files beside the graph that its table of logits lies in, half and half when there are two. Default: none. */
  readonly weightsIn?: readonly string[]
  /** Lay it out as onnxruntime-genai does: names of its own, told in `genai_config.json`, and no `config.json`. */
  readonly genai?: boolean
  /** Further special tokens, from id 258 on. */
  readonly markers?: readonly string[]
}

/** One tensor of the cache. */
interface CacheTensor {
  readonly past: string
  readonly present: string
}

/** How caches lie: their tensors, the sizes in front of the length, and what new tokens are given in. */
const caches = {
  split: {
    tensors: ['key', 'value'].map((kind) => ({ past: `past_key_values.0.${kind}`, present: `present.0.${kind}` })),
    front: ['batch', 1],
  },
  fused: { tensors: [{ past: 'past_0', present: 'present_0' }], front: [2, 'batch', 1] },
} as const satisfies Record<string, { tensors: readonly CacheTensor[]; front: readonly (number | string)[] }>

const genaiNames = { ids: 'tokens', mask: 'seen', logits: 'scores', past: 'state_in_%d', present: 'state_out_%d' }
const usualNames = { ids: 'input_ids', mask: 'attention_mask', logits: 'logits' }

/**
 * Writes the folder of a real, tiny model: byte tokens, one cache of one number per token, and logits that are looked up by position, so that it recites `says` after a prompt of two
 * tokens, then ends. The position is read off the cache, so it recites nothing sensible when the cache is not handed on.
 */
export function toyModel({
  says,
  precision = 'float32',
  template = 'go{# tools #}',
  context = 4_096,
  generation = {},
  cache = 'split',
  weightsIn = [],
  genai = false,
  markers = [],
}: ToyOptions): string {
  const folder = scratchFolder()
  const tokens = typeof says === 'string' ? [...new TextEncoder().encode(says)] : says
  const write = (name: string, value: object | Uint8Array) =>
    writeFileSync(join(folder, name), value instanceof Uint8Array ? value : JSON.stringify(value))
  if (!genai) mkdirSync(join(folder, 'onnx'))
  if (genai) write('genai_config.json', genaiConfig(context))
  else write('config.json', { max_position_embeddings: context, eos_token_id: special.end })
  write('generation_config.json', generation)
  write('tokenizer.json', tokenizerJson(markers))
  write('tokenizer_config.json', { eos_token: '<|end|>', ...(template === null ? {} : { chat_template: template }) })
  const dir = genai ? '' : 'onnx/'
  const size = vocabulary + markers.length
  const { bytes, beside } = graph(
    [0, ...tokens, special.end],
    size,
    precision,
    genai ? 'fused' : cache,
    genai,
    weightsIn,
  )
  write(`${dir}model${precision === 'float16' ? '_fp16' : ''}.onnx`, bytes)
  for (const [name, data] of Object.entries(beside)) write(dir + name, data)
  return folder
}

const scratch: string[] = []
afterAll(() => {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder that is gone when the tests of the file that asked for it are over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'anymodel-toy-'))
  scratch.push(folder)
  return folder
}

/** The config of onnxruntime-genai, for the names of `genaiNames`. */
const genaiConfig = (context: number): object => ({
  model: {
    context_length: context,
    eos_token_id: [special.end],
    decoder: {
      filename: 'model.onnx',
      inputs: { input_ids: genaiNames.ids, attention_mask: genaiNames.mask, past_names: genaiNames.past },
      outputs: { logits: genaiNames.logits, present_names: genaiNames.present },
    },
  },
  search: { do_sample: false },
})

/** The graph, and the files beside it by name. */
function graph(
  tokens: readonly number[],
  vocabulary: number,
  type: 'float32' | 'float16',
  layout: keyof typeof caches,
  genai: boolean,
  files: readonly string[],
): { readonly bytes: Uint8Array; readonly beside: Record<string, Uint8Array> } {
  const size = tokens.length * vocabulary
  const table = type === 'float16' ? new Uint16Array(size) : new Float32Array(size)
  // 20 as a half is 0x4d00.
  for (const [row, token] of tokens.entries()) table[row * vocabulary + token] = type === 'float16' ? 0x4d00 : 20
  const { tensors, front } = caches[layout]
  const names = genai ? genaiNames : usualNames
  const cache: readonly CacheTensor[] = genai
    ? [{ past: genaiNames.past.replace('%d', '0'), present: genaiNames.present.replace('%d', '0') }]
    : tensors
  const axis = front.length
  const cached = (name: string, length: string) => ({ name, type, shape: [...front, length, 1] }) as const
  const integers = (name: string, ...data: number[]) => ({
    name,
    type: 'int64' as ElementType,
    dims: data.length === 1 && name !== 'shape' ? [] : [data.length],
    data: BigInt64Array.from(data, BigInt),
  })
  const { constants, nodes, beside } = tableNodes(table, type, tokens.length, files)
  const bytes = onnxFile({
    inputs: [
      { name: names.ids, type: 'int64', shape: ['batch', 'length'] },
      { name: names.mask, type: 'int64', shape: ['batch', 'total'] },
      ...cache.map(({ past }) => cached(past, 'past')),
    ],
    outputs: [
      { name: names.logits, type, shape: ['batch', 'length', vocabulary] },
      ...cache.map(({ present }) => cached(present, 'total')),
    ],
    constants: [
      ...constants,
      integers('one', 1),
      integers('lengthAxis', axis),
      integers('last', tokens.length - 1),
      integers('shape', ...front.map(() => 1), -1, 1),
      { name: 'batchAxis', type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
    ],
    nodes: [
      ...nodes,
      { op: 'Cast', inputs: [names.ids], outputs: ['numbers'], attributes: { to: type === 'float16' ? 10 : 1 } },
      { op: 'Reshape', inputs: ['numbers', 'shape'], outputs: ['once'] },
      {
        op: 'Concat',
        inputs: axis === 3 ? ['once', 'once'] : ['once'],
        outputs: ['fresh'],
        attributes: { axis: 0 },
      },
      ...cache.map(({ past, present }) => ({
        op: 'Concat',
        inputs: [past, 'fresh'],
        outputs: [present],
        attributes: { axis },
      })),
      { op: 'Shape', inputs: [(cache[0] as CacheTensor).past], outputs: ['pastShape'] },
      { op: 'Gather', inputs: ['pastShape', 'lengthAxis'], outputs: ['from'] },
      { op: 'Shape', inputs: [names.ids], outputs: ['idsShape'] },
      { op: 'Gather', inputs: ['idsShape', 'one'], outputs: ['count'] },
      { op: 'Add', inputs: ['from', 'count'], outputs: ['to'] },
      { op: 'Range', inputs: ['from', 'to', 'one'], outputs: ['open'] },
      { op: 'Min', inputs: ['open', 'last'], outputs: ['positions'] },
      { op: 'Gather', inputs: ['table', 'positions'], outputs: ['rows'] },
      { op: 'Unsqueeze', inputs: ['rows', 'batchAxis'], outputs: [names.logits] },
    ],
  })
  return { bytes, beside }
}

/** The table of logits as a constant of the graph, or put together from parts that lie in files. */
function tableNodes(table: Float32Array | Uint16Array, type: ElementType, rows: number, files: readonly string[]) {
  const vocabulary = table.length / rows
  if (files.length === 0)
    return { constants: [{ name: 'table', type, dims: [rows, vocabulary], data: table }], nodes: [], beside: {} }
  const perFile = Math.ceil(rows / files.length)
  const parts = files.map((location, i) => {
    const data = table.slice(i * perFile * vocabulary, (i + 1) * perFile * vocabulary)
    const dims = [data.length / vocabulary, vocabulary]
    return { name: `table${i}`, type, dims, data, external: { location, offset: 0 } }
  })
  return {
    constants: parts,
    nodes: [{ op: 'Concat', inputs: parts.map(({ name }) => name), outputs: ['table'], attributes: { axis: 0 } }],
    beside: Object.fromEntries(parts.map(({ data, external }) => [external.location, new Uint8Array(data.buffer)])),
  }
}

/** A tokenizer of byte-level BPE without merges: every byte is a token. */
export function tokenizerJson(markers: readonly string[] = []): object {
  const vocab: Record<string, number> = {}
  for (let byte = 0, next = 256; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
    vocab[String.fromCharCode(printable ? byte : next++)] = byte
  }
  const added = ['<|end|>', '[TOOL_CALLS]', ...markers].map((content, at) => [content, special.end + at] as const)
  return {
    version: '1.0',
    added_tokens: added.map(([content, id]) => addedToken(id, content)),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: { ...vocab, ...Object.fromEntries(added) }, merges: [] },
  }
}
