import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
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
}

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
}: ToyOptions): string {
  const folder = scratchFolder()
  const tokens = typeof says === 'string' ? [...new TextEncoder().encode(says)] : says
  const write = (name: string, value: object | Uint8Array) =>
    writeFileSync(join(folder, name), value instanceof Uint8Array ? value : JSON.stringify(value))
  mkdirSync(join(folder, 'onnx'))
  write('config.json', { max_position_embeddings: context, eos_token_id: special.end })
  write('generation_config.json', generation)
  write('tokenizer.json', tokenizerJson())
  write('tokenizer_config.json', { eos_token: '<|end|>', ...(template === null ? {} : { chat_template: template }) })
  write(
    precision === 'float16' ? 'onnx/model_fp16.onnx' : 'onnx/model.onnx',
    graph([0, ...tokens, special.end], precision),
  )
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

function graph(tokens: readonly number[], type: 'float32' | 'float16'): Uint8Array {
  const size = tokens.length * vocabulary
  const table = type === 'float16' ? new Uint16Array(size) : new Float32Array(size)
  // 20 as a half is 0x4d00.
  for (const [row, token] of tokens.entries()) table[row * vocabulary + token] = type === 'float16' ? 0x4d00 : 20
  const cache = ['key', 'value'].map((kind) => ({ past: `past_key_values.0.${kind}`, present: `present.0.${kind}` }))
  const cached = (name: string, length: string) => ({ name, type, shape: ['batch', 1, length, 1] }) as const
  const integers = (name: string, ...data: number[]) => ({
    name,
    type: 'int64' as ElementType,
    dims: data.length === 1 && name !== 'shape' ? [] : [data.length],
    data: BigInt64Array.from(data, BigInt),
  })
  return onnxFile({
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch', 'length'] },
      { name: 'attention_mask', type: 'int64', shape: ['batch', 'total'] },
      ...cache.map(({ past }) => cached(past, 'past')),
    ],
    outputs: [
      { name: 'logits', type, shape: ['batch', 'length', vocabulary] },
      ...cache.map(({ present }) => cached(present, 'total')),
    ],
    constants: [
      { name: 'table', type, dims: [tokens.length, vocabulary], data: table },
      integers('one', 1),
      integers('two', 2),
      integers('last', tokens.length - 1),
      integers('shape', 1, 1, -1, 1),
      { name: 'batchAxis', type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
    ],
    nodes: [
      { op: 'Cast', inputs: ['input_ids'], outputs: ['numbers'], attributes: { to: type === 'float16' ? 10 : 1 } },
      { op: 'Reshape', inputs: ['numbers', 'shape'], outputs: ['fresh'] },
      ...cache.map(({ past, present }) => ({
        op: 'Concat',
        inputs: [past, 'fresh'],
        outputs: [present],
        attributes: { axis: 2 },
      })),
      { op: 'Shape', inputs: ['past_key_values.0.key'], outputs: ['pastShape'] },
      { op: 'Gather', inputs: ['pastShape', 'two'], outputs: ['from'] },
      { op: 'Shape', inputs: ['input_ids'], outputs: ['idsShape'] },
      { op: 'Gather', inputs: ['idsShape', 'one'], outputs: ['count'] },
      { op: 'Add', inputs: ['from', 'count'], outputs: ['to'] },
      { op: 'Range', inputs: ['from', 'to', 'one'], outputs: ['open'] },
      { op: 'Min', inputs: ['open', 'last'], outputs: ['positions'] },
      { op: 'Gather', inputs: ['table', 'positions'], outputs: ['rows'] },
      { op: 'Unsqueeze', inputs: ['rows', 'batchAxis'], outputs: ['logits'] },
    ],
  })
}

/** A tokenizer of byte-level BPE without merges: every byte is a token. */
export function tokenizerJson(): object {
  const vocab: Record<string, number> = {}
  for (let byte = 0, next = 256; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
    vocab[String.fromCharCode(printable ? byte : next++)] = byte
  }
  const added = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })
  return {
    version: '1.0',
    added_tokens: [added(special.end, '<|end|>'), added(special.toolCalls, '[TOOL_CALLS]')],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: { ...vocab, '<|end|>': special.end, '[TOOL_CALLS]': special.toolCalls }, merges: [] },
  }
}
