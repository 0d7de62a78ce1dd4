import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { type Dtype, dtypes } from './dtypes.ts'
import { broken, list, readJson, refusePointer } from './folder.ts'
import { type GraphNames, readGenaiConfig } from './genai-config.ts'
import type { Location } from './names.ts'
import { externalFiles } from './runtime/graph-file.ts'

type Ids = number | readonly number[] | null

/** What we read of `config.json`. */
export interface ModelConfig {
  readonly max_position_embeddings?: number
  readonly n_positions?: number
  readonly eos_token_id?: Ids
  readonly pad_token_id?: number | null
  readonly text_config?: ModelConfig
}

/** What we read of `generation_config.json`: the defaults of whoever made the model. */
export interface GenerationConfig {
  readonly eos_token_id?: Ids
  readonly do_sample?: boolean
  readonly temperature?: number
  readonly top_p?: number
  readonly top_k?: number
  readonly min_p?: number
  readonly repetition_penalty?: number
  readonly max_new_tokens?: number
}

type SpecialToken = string | { readonly content: string } | null

/** What we read of `tokenizer_config.json`. */
export interface TokenizerConfig {
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[]
  readonly model_max_length?: number
  readonly bos_token?: SpecialToken
  readonly eos_token?: SpecialToken
  readonly unk_token?: SpecialToken
  readonly pad_token?: SpecialToken
}

/** A model as it lies on disk, its JSON files read. */
export interface ModelFolder {
  readonly folder: string
  /** Absent where the name of the graph tells none. */
  readonly dtype?: Dtype
  /** Path of the graph. */
  readonly graph: string
  /** Paths of the graph and of the weights beside it. */
  readonly weights: readonly string[]
  readonly config: ModelConfig
  readonly generation: GenerationConfig
  readonly tokenizer: object
  readonly tokenizerConfig: TokenizerConfig
  /** Where the graph calls its inputs and outputs otherwise than is usual. */
  readonly names?: GraphNames
}

/** Reads a model's folder. `kind` is for the words of errors. Throws `config` that says what is missing or damaged. */
export function readModelFolder({ folder, dtype }: Location, kind = 'text'): ModelFolder {
  const all = new Set([...list(folder), ...list(join(folder, 'onnx')).map((name) => `onnx/${name}`)])
  const genai = all.has('genai_config.json') ? readGenaiConfig(folder) : undefined
  const found = genai ? [{ name: undefined, path: genai.graph }] : graphsIn(all)
  const missing = [...(genai ? [] : ['config.json']), 'tokenizer.json'].filter((name) => !all.has(name))
  if (found.length === 0) missing.push('onnx/model.onnx (or onnx/model_<precision>.onnx)')
  if (missing.length > 0)
    throw broken(`${folder} is not a model of the kind ${kind}: it has no ${missing.join(', no ')}.${otherLayout(all)}`)
  const graph = dtype && !genai ? found.find(({ name }) => name === dtype) : found[0]
  if (!graph)
    throw broken(
      `${folder} has no ${dtype} file (onnx/model${dtypes[dtype as Dtype]}.onnx). It has ${found.map(({ name }) => name).join(', ')}.`,
    )
  const path = join(folder, graph.path)
  const tokenizerConfig = readJson(folder, 'tokenizer_config.json', {}) as TokenizerConfig
  const template = all.has('chat_template.jinja')
    ? readFileSync(join(folder, 'chat_template.jinja'), 'utf8')
    : undefined
  return {
    folder,
    ...(graph.name && { dtype: graph.name }),
    graph: path,
    weights: weightsOf(path),
    config: { ...readJson(folder, 'config.json', genai && {}), ...genai?.config },
    generation: { ...genai?.generation, ...readJson(folder, 'generation_config.json', {}) },
    tokenizer: readJson(folder, 'tokenizer.json'),
    tokenizerConfig: template === undefined ? tokenizerConfig : { chat_template: template, ...tokenizerConfig },
    ...(genai && { names: genai.names }),
  }
}

/** The graph in every precision that is there, the most exact first. */
const graphsIn = (all: ReadonlySet<string>): { readonly name: Dtype; readonly path: string }[] =>
  (Object.keys(dtypes) as Dtype[]).flatMap((name) => {
    const path = [`onnx/model${dtypes[name]}.onnx`, `model${dtypes[name]}.onnx`].find((path) => all.has(path))
    return path ? [{ name, path }] : []
  })

/** The graph, and the files of weights beside it, by their names or as the graph itself says. Throws `config` when one is missing. */
function weightsOf(graph: string): string[] {
  if (!existsSync(graph)) throw broken(`There is no graph ${graph}. Download it.`)
  refusePointer(graph)
  const folder = dirname(graph)
  const beside = list(folder)
    .filter((name) => name.startsWith(basename(graph)))
    .map((name) => join(folder, name))
  const named = externalFiles(graph).map((name) => join(folder, name))
  for (const path of named) {
    if (!path.startsWith(join(folder, sep)))
      throw broken(`${graph} wants weights from outside its folder (${path}), which is not done. Use another model.`)
    if (!existsSync(path)) throw broken(`${graph} keeps weights in ${path}, which is not there. Download it.`)
    refusePointer(path)
  }
  return [...new Set([...beside, ...named])]
}

const layouts: readonly (readonly [file: string, what: string])[] = [
  ['model_index.json', 'It looks like a model that makes pictures.'],
  ['onnx/encoder_model.onnx', 'It looks like a model of encoder and decoder.'],
  ['onnx/decoder_model_merged.onnx', 'It has a merged decoder, which can not be used: export it without merging.'],
  [
    'model.safetensors',
    'It has weights for PyTorch: export it to ONNX, or look for it under onnx-community on the hub.',
  ],
  [
    'pytorch_model.bin',
    'It has weights for PyTorch: export it to ONNX, or look for it under onnx-community on the hub.',
  ],
]

/** What a folder seems to be, when it is not what was wanted. */
function otherLayout(all: ReadonlySet<string>): string {
  const gguf = [...all].some((name) => name.endsWith('.gguf'))
  if (gguf) return ' It has GGUF weights, which llama.cpp runs: export the model to ONNX.'
  const what = layouts.find(([file]) => all.has(file))?.[1]
  return what ? ` ${what}` : ''
}

/** The text of a special token in `tokenizer_config.json`. */
export const tokenText = (token: SpecialToken | undefined): string | undefined =>
  typeof token === 'object' ? token?.content : token

/** The token ids that end an answer, from wherever the folder names them. */
export function endTokens(model: ModelFolder, toId: (token: string) => number | undefined): ReadonlySet<number> {
  const own = model.generation.eos_token_id ?? model.config.eos_token_id ?? model.config.text_config?.eos_token_id ?? []
  const text = tokenText(model.tokenizerConfig.eos_token)
  const named = text === undefined ? undefined : toId(text)
  return new Set([...[own].flat(), ...(named === undefined ? [] : [named])])
}

/** How many tokens the model can look at, prompt and answer together; `undefined` when the folder doesn't say. */
export function contextLength({
  config,
  tokenizerConfig,
}: Pick<ModelFolder, 'config' | 'tokenizerConfig'>): number | undefined {
  const { max_position_embeddings, n_positions } = { ...config.text_config, ...config }
  // Tokenizers that know no limit write a huge number.
  const fromTokenizer = (tokenizerConfig.model_max_length ?? 1e9) < 1e9 ? tokenizerConfig.model_max_length : undefined
  return max_position_embeddings ?? n_positions ?? fromTokenizer
}
