import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addedToken } from './added-token.ts'
import { onnxFile } from './onnx-file.ts'
import { scratchFolder } from './toy-model.ts'

export interface ToyEncoderOptions {
  /** `tokens`: the vector of a token is (id, 2 id). `pairs`: one logit, the sum of the ids. `vectors`: the sum of the ids is the text's vector. */
  readonly gives?: 'tokens' | 'pairs' | 'vectors'
  /** The graph wants a cache, as decoders do, and adds the length of the past to every number. */
  readonly decoder?: boolean
  /** The graph wants `token_type_ids`, and adds 1 for every token of the second text. Only for `pairs`. */
  readonly typed?: boolean
  /** The tokenizer puts nothing around texts. */
  readonly bare?: boolean
  /** Logits that the graph says it has. */
  readonly classes?: number
  readonly longest?: number
  /** Further files of the folder, by name: JSON. */
  readonly files?: Readonly<Record<string, unknown>>
}

/** Ids of the toy vocabulary: what stands around texts, and words. */
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'one', 'two', 'three', 'four', 'five', 'six', 'seven']

/** Writes the folder of a real, tiny encoder that knows the words `one` (id 4) to `seven` (id 10). */
export function toyEncoder({
  gives = 'tokens',
  decoder = false,
  typed = false,
  bare = false,
  classes = 1,
  longest = 16,
  files = {},
}: ToyEncoderOptions = {}): string {
  const folder = scratchFolder()
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value))
  for (const name of ['onnx', '1_Pooling']) mkdirSync(join(folder, name))
  write('config.json', { max_position_embeddings: longest })
  write('tokenizer.json', bare ? { ...tokenizerJson, post_processor: null } : tokenizerJson)
  write('tokenizer_config.json', { pad_token: '[PAD]' })
  for (const [name, value] of Object.entries(files)) write(name, value)
  const graph =
    gives === 'tokens'
      ? tokenGraph(decoder)
      : sumGraph(gives === 'pairs' ? 'logits' : 'sentence_embedding', classes, typed)
  writeFileSync(join(folder, 'onnx/model.onnx'), graph)
  return folder
}

const token = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } })
const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } })

const tokenizerJson = {
  version: '1.0',
  added_tokens: words.slice(0, 4).map((content, id) => addedToken(id, content)),
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [token('[CLS]', 0), text('A', 0), token('[SEP]', 0)],
    pair: [token('[CLS]', 0), text('A', 0), token('[SEP]', 0), text('B', 1), token('[SEP]', 1)],
    special_tokens: Object.fromEntries(
      ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [words.indexOf(id)], tokens: [id] }]),
    ),
  },
  decoder: null,
  model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[UNK]' },
}

const wholeNumbers = (name: string) => ({ name, type: 'int64', shape: ['batch', 'length'] }) as const
const ids = ['input_ids', 'attention_mask'].map(wholeNumbers)
const past = { name: 'past_key_values.0.key', type: 'float32', shape: ['batch', 1, 'past', 2] } as const
const toFloat = (from: string, to: string) => ({ op: 'Cast', inputs: [from], outputs: [to], attributes: { to: 1 } })

const tokenGraph = (decoder: boolean) =>
  onnxFile({
    inputs: decoder ? [...ids, past] : ids,
    outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', 'length', 2] }],
    constants: [
      { name: 'axis', type: 'int64', dims: [1], data: BigInt64Array.of(-1n) },
      { name: 'lengthAxis', type: 'int64', dims: [], data: BigInt64Array.of(2n) },
      { name: 'factors', type: 'float32', dims: [2], data: Float32Array.of(1, 2) },
    ],
    nodes: [
      toFloat('input_ids', 'numbers'),
      { op: 'Unsqueeze', inputs: ['numbers', 'axis'], outputs: ['column'] },
      { op: 'Mul', inputs: ['column', 'factors'], outputs: [decoder ? 'rows' : 'last_hidden_state'] },
      ...(decoder
        ? [
            { op: 'Shape', inputs: [past.name], outputs: ['pastShape'] },
            { op: 'Gather', inputs: ['pastShape', 'lengthAxis'], outputs: ['pastLength'] },
            toFloat('pastLength', 'shift'),
            { op: 'Add', inputs: ['rows', 'shift'], outputs: ['last_hidden_state'] },
          ]
        : []),
    ],
  })

/** Padding has the id 0, so that it adds nothing. */
const sumGraph = (output: string, classes: number, typed: boolean) =>
  onnxFile({
    inputs: typed ? [...ids, wholeNumbers('token_type_ids')] : ids,
    outputs: [{ name: output, type: 'float32', shape: ['batch', classes] }],
    constants: [
      { name: 'axis', type: 'int64', dims: [1], data: BigInt64Array.of(1n) },
      {
        name: 'factors',
        type: 'float32',
        dims: [classes],
        data: Float32Array.from({ length: classes }, (_, i) => i + 1),
      },
    ],
    nodes: [
      ...(typed ? [{ op: 'Add', inputs: ['input_ids', 'token_type_ids'], outputs: ['typed'] }] : []),
      toFloat(typed ? 'typed' : 'input_ids', 'numbers'),
      { op: 'ReduceSum', inputs: ['numbers', 'axis'], outputs: ['sums'] },
      { op: 'Mul', inputs: ['sums', 'factors'], outputs: [output] },
    ],
  })
