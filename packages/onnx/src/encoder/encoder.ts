import { setImmediate } from 'node:timers/promises'
import type { Tokenizer } from '@huggingface/tokenizers'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { broken, readJson } from '../folder.ts'
import { contextLength, type ModelFolder, readModelFolder, tokenText } from '../model-folder.ts'
import { loading } from '../runtime/load-step.ts'
import { type Graph, openGraph } from '../runtime/session.ts'
import { integers } from '../runtime/tensors.ts'
import { openTokenizer } from '../runtime/tokenizer.ts'
import type { Job, Opening } from '../thread/served.ts'
import { type Tokens, toTokens } from './tokens.ts'

type Cancellable = Pick<Job<never, never>, 'cancelled'>

/** A model that reads whole texts at once. */
export interface Encoder {
  readonly model: ModelFolder
  readonly outputs: readonly InferenceSession.ValueMetadata[]
  /** Tokens that it reads at most; `undefined` when the folder doesn't say. */
  readonly longest: number | undefined
  /** The tokens of texts, or of pairs of texts; `undefined` when the job was cancelled on the way. */
  tokenize(texts: readonly (readonly [string, string?])[], job: Cancellable): Promise<Tokens[] | undefined>
  /** Runs one batch and gives the graph's outputs, which are the caller's to dispose. */
  run(batch: readonly Tokens[]): Promise<Record<string, Tensor>>
}

/** Loads tokenizer and graph. Throws `config` that says what to do about a folder that can't be used. */
export async function loadEncoder(
  { location, runtime, gate, onStep }: Opening,
  kind: 'embedding' | 'rerank',
): Promise<Encoder> {
  const model = readModelFolder(location, kind)
  const tokenizer = openTokenizer(model)
  const graph = await loading(model.weights, onStep, () => openGraph(model.graph, runtime, gate))
  const longest = longestInput(model)
  const padding = paddingId(model, tokenizer)
  checkInputs(graph, model)
  return {
    model,
    outputs: graph.session.outputMetadata,
    longest,
    tokenize: (texts, job) =>
      eachInTurn(texts, job, ([text, pair]) => toTokens(tokenizer, longest ?? Number.MAX_SAFE_INTEGER, text, pair)),
    async run(batch) {
      const inputs = toInputs(graph, batch, padding)
      try {
        return await graph.run(inputs)
      } finally {
        for (const tensor of Object.values(inputs)) tensor.dispose()
      }
    },
  }
}

/** Requests of one model that take turns, run by run: a query does not wait for all of a library. */
export const atOnce = 16

/** Milliseconds of work after which messages and other requests have their turn. */
const turn = 20

/** Makes something of each item, giving way now and then. */
async function eachInTurn<T, R>(items: readonly T[], job: Cancellable, make: (item: T) => R): Promise<R[] | undefined> {
  const made: R[] = []
  let since = performance.now()
  for (const item of items) {
    made.push(make(item))
    if (performance.now() - since < turn) continue
    await setImmediate()
    since = performance.now()
    if (job.cancelled()) return undefined
  }
  return made
}

/** The shortest of the limits that a folder names. Models of RoBERTa's shape read two tokens less than their positions say: their tokenizers know. */
function longestInput(model: ModelFolder): number | undefined {
  const { max_seq_length } = readJson(model.folder, 'sentence_bert_config.json', {}) as { max_seq_length?: number }
  const { model_max_length = 1e9 } = model.tokenizerConfig
  const limits = [max_seq_length, contextLength(model), model_max_length].filter(
    (limit) => typeof limit === 'number' && limit > 0 && limit < 1e9,
  ) as number[]
  return limits.length > 0 ? Math.min(...limits) : undefined
}

function paddingId({ config, tokenizerConfig }: ModelFolder, tokenizer: Tokenizer): number {
  const text = tokenText(tokenizerConfig.pad_token)
  return (text === undefined ? undefined : tokenizer.token_to_id(text)) ?? config.pad_token_id ?? 0
}

/** What each input of the graph is filled with: a number per place, `undefined` beyond the text. */
const fillers: Readonly<Record<string, (tokens: Tokens, at: number, padding: number) => number>> = {
  input_ids: ({ ids }, at, padding) => ids[at] ?? padding,
  attention_mask: ({ ids }, at) => (at < ids.length ? 1 : 0),
  token_type_ids: ({ types }, at) => types[at] ?? 0,
  position_ids: (_, at) => at,
}

function checkInputs({ session }: Graph, { graph }: ModelFolder): void {
  const unknown = session.inputNames.filter((name) => !(name in fillers))
  if (!session.inputNames.includes('input_ids') || unknown.length > 0)
    throw broken(
      `${graph} is no encoder of texts: it takes ${session.inputNames.join(', ')}, where ${Object.keys(fillers).join(', ')} are known. Export it for feature extraction.`,
    )
}

function toInputs({ session }: Graph, batch: readonly Tokens[], padding: number): Record<string, Tensor> {
  // A text may have no token at all, a graph's input not.
  const width = Math.max(1, ...batch.map(({ ids }) => ids.length))
  const inputs: Record<string, Tensor> = {}
  for (const metadata of session.inputMetadata) {
    const fill = fillers[metadata.name]
    if (!fill || !metadata.isTensor) continue
    const values = new Array<number>(batch.length * width)
    for (const [row, tokens] of batch.entries())
      for (let at = 0; at < width; at++) values[row * width + at] = fill(tokens, at, padding)
    inputs[metadata.name] = integers(metadata.type, values, [batch.length, width])
  }
  return inputs
}
