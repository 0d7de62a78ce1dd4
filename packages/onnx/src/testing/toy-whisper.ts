import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { floats } from '../runtime/tensors.ts'
import { onnxFile } from './onnx-file.ts'
import { scratchFolder, tokenizerJson } from './toy-model.ts'

/** Tokens of the toy beyond the 256 bytes. */
export const toyTokens = {
  end: 256,
  start: 257,
  en: 258,
  de: 259,
  translate: 260,
  transcribe: 261,
  previous: 262,
  noSpeech: 263,
  noTimestamps: 264,
} as const

/** The token of a time in seconds. */
export const timeToken = (seconds: number): number => 265 + Math.round(seconds / 0.02)

/** A window has 2 seconds, which are 100 times and 100 stretches of sound. */
const positions = 100
const vocabulary = timeToken(2) + 1

/** Most tokens that the toy can look at. */
const longest = 64

/** What the toy thinks after the token at a position: how likely each named token is, as logits; the others have 0. */
export type Thought = Readonly<Record<number, number>>

export interface ToyWhisperOptions {
  /** Thoughts by position while the window has sound in it, and while it is silent. */
  readonly sound?: Readonly<Record<number, Thought>>
  readonly silence?: Readonly<Record<number, Thought>>
  readonly multilingual?: boolean
  /** Of the decoder; the encoder's is 32 bits. */
  readonly precision?: 'float32' | 'float16'
  /** The stretch of sound that the token at a position looks at, by position; without it the graph does not tell. */
  readonly looksAt?: Readonly<Record<number, number>>
  /** Further files of the folder, by name: JSON. */
  readonly files?: Readonly<Record<string, unknown>>
}

/** A text as thoughts, its first token said at the position before `from`: tokens, or letters. */
export function saying(from: number, ...tokens: (number | string)[]): Record<number, Thought> {
  const ids = tokens.flatMap((token) => (typeof token === 'string' ? [...new TextEncoder().encode(token)] : [token]))
  return Object.fromEntries([...ids, toyTokens.end].map((id, at) => [from + at - 1, { [id]: 20 }]))
}

/** Writes the folder of a real, tiny whisper model with windows of 2 seconds, that says what its table holds for the position, whether there is sound or not. */
export function toyWhisper({
  sound = {},
  silence = {},
  multilingual = true,
  precision = 'float32',
  looksAt,
  files = {},
}: ToyWhisperOptions): string {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'onnx'))
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value))
  write('config.json', { model_type: 'whisper', max_source_positions: positions, max_target_positions: longest })
  write('generation_config.json', { is_multilingual: multilingual, alignment_heads: [[0, 0]] })
  write('preprocessor_config.json', {
    sampling_rate: 16_000,
    n_fft: 400,
    hop_length: 160,
    feature_size: 80,
    chunk_length: 2,
  })
  write('tokenizer_config.json', {})
  write('tokenizer.json', tokenizer())
  for (const [name, value] of Object.entries(files)) write(name, value)
  writeFileSync(join(folder, 'onnx/encoder_model.onnx'), encoder())
  writeFileSync(join(folder, 'onnx/decoder_model_merged.onnx'), decoder([silence, sound], looksAt, precision))
  return folder
}

function tokenizer(): object {
  const names = {
    endoftext: toyTokens.end,
    startoftranscript: toyTokens.start,
    en: toyTokens.en,
    de: toyTokens.de,
    translate: toyTokens.translate,
    transcribe: toyTokens.transcribe,
    startofprev: toyTokens.previous,
    nospeech: toyTokens.noSpeech,
    notimestamps: toyTokens.noTimestamps,
  }
  const json = tokenizerJson() as { readonly model: { readonly vocab: Readonly<Record<string, number>> } }
  const added = Object.entries(names).map(([name, id]) => ({
    id,
    content: `<|${name}|>`,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }))
  const vocab = Object.fromEntries(Object.entries(json.model.vocab).filter(([, id]) => id < 256))
  return {
    ...json,
    added_tokens: added,
    model: { ...json.model, vocab: { ...vocab, ...Object.fromEntries(added.map(({ content, id }) => [content, id])) } },
  }
}

/** One number: how much sound there is. */
const encoder = () =>
  onnxFile({
    inputs: [{ name: 'input_features', type: 'float32', shape: ['batch', 80, 200] }],
    outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', 'length', 1] }],
    constants: [],
    nodes: [{ op: 'ReduceMean', inputs: ['input_features'], outputs: ['last_hidden_state'] }],
  })

function decoder(
  scripts: readonly Readonly<Record<number, Thought>>[],
  looksAt: ToyWhisperOptions['looksAt'],
  type: 'float32' | 'float16',
): Uint8Array {
  const table = new Float32Array(scripts.length * longest * vocabulary)
  for (const [script, thoughts] of scripts.entries())
    for (const [position, thought] of Object.entries(thoughts))
      for (const [token, logit] of Object.entries(thought))
        table[(script * longest + Number(position)) * vocabulary + Number(token)] = logit
  const looks = new Float32Array(longest * positions)
  for (const [position, stretch] of Object.entries(looksAt ?? {})) looks[Number(position) * positions + stretch] = 1
  const kinds = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value']
  const whole = (name: string, ...data: number[]) =>
    ({
      name,
      type: 'int64',
      dims: data.length === 1 ? [] : [data.length],
      data: BigInt64Array.from(data, BigInt),
    }) as const
  const list = (name: string, ...data: number[]) =>
    ({ name, type: 'int64', dims: [data.length], data: BigInt64Array.from(data, BigInt) }) as const
  const values = (data: Float32Array, ...dims: number[]) => ({
    dims,
    data: floats(type, data, dims).data as Float32Array,
  })
  return onnxFile({
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch', 'length'] },
      { name: 'encoder_hidden_states', type, shape: ['batch', 'sound', 1] },
      ...kinds.map((kind) => ({ name: `past_key_values.0.${kind}`, type, shape: ['batch', 1, 'past', 1] }) as const),
      { name: 'use_cache_branch', type: 'bool', shape: [1] },
    ],
    outputs: [
      { name: 'logits', type, shape: ['batch', 'length', vocabulary] },
      ...kinds.map((kind) => ({ name: `present.0.${kind}`, type, shape: ['batch', 1, 'total', 1] }) as const),
      ...(looksAt ? [{ name: 'cross_attentions.0', type, shape: ['batch', 1, 'length', positions] } as const] : []),
    ],
    constants: [
      { name: 'table', type, ...values(table, scripts.length * longest, vocabulary) },
      { name: 'looks', type, ...values(looks, longest, positions) },
      // The picture of silence is -1.5 throughout.
      { name: 'quiet', type, ...values(Float32Array.of(-1.4)) },
      whole('zero', 0),
      whole('one', 1),
      whole('two', 2),
      whole('rows', longest),
      list('front', 0),
      list('column', 1, 3),
      list('flat', -1),
      list('both', 0, 1),
    ],
    nodes: [
      { op: 'Shape', inputs: ['past_key_values.0.decoder.key'], outputs: ['past_shape'] },
      { op: 'Gather', inputs: ['past_shape', 'two'], outputs: ['past'] },
      { op: 'Shape', inputs: ['input_ids'], outputs: ['ids_shape'] },
      { op: 'Gather', inputs: ['ids_shape', 'one'], outputs: ['length'] },
      { op: 'Add', inputs: ['past', 'length'], outputs: ['total'] },
      { op: 'Range', inputs: ['past', 'total', 'one'], outputs: ['positions'] },
      { op: 'Greater', inputs: ['encoder_hidden_states', 'quiet'], outputs: ['loud'] },
      { op: 'Cast', inputs: ['loud'], outputs: ['script_box'], attributes: { to: 7 } },
      { op: 'Reshape', inputs: ['script_box', 'flat'], outputs: ['script'] },
      { op: 'Mul', inputs: ['script', 'rows'], outputs: ['script_row'] },
      { op: 'Add', inputs: ['positions', 'script_row'], outputs: ['row'] },
      { op: 'Gather', inputs: ['table', 'row'], outputs: ['thoughts'] },
      { op: 'Unsqueeze', inputs: ['thoughts', 'front'], outputs: ['logits'] },
      { op: 'Cast', inputs: ['input_ids'], outputs: ['numbers'], attributes: { to: type === 'float16' ? 10 : 1 } },
      { op: 'Unsqueeze', inputs: ['numbers', 'column'], outputs: ['own'] },
      ...['key', 'value'].flatMap((kind) => [
        {
          op: 'Concat',
          inputs: [`past_key_values.0.decoder.${kind}`, 'own'],
          outputs: [`present.0.decoder.${kind}`],
          attributes: { axis: 2 },
        },
        { op: 'Unsqueeze', inputs: ['encoder_hidden_states', 'front'], outputs: [`present.0.encoder.${kind}`] },
      ]),
      ...(looksAt
        ? [
            { op: 'Gather', inputs: ['looks', 'positions'], outputs: ['seen'] },
            { op: 'Unsqueeze', inputs: ['seen', 'both'], outputs: ['cross_attentions.0'] },
          ]
        : []),
    ],
  })
}
