import { setImmediate } from 'node:timers/promises'
import type { Tokenizer } from '@huggingface/tokenizers'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { readJson } from '../folder.ts'
import { contextLength, type ModelFolder, readModelFolder, tokenText } from '../model-folder.ts'
import { loading } from '../runtime/load-step.ts'
import { openGraph } from '../runtime/session.ts'
import { openTokenizer } from '../runtime/tokenizer.ts'
import type { Job, Opening } from '../thread/served.ts'
import { checkInputs, toInputs } from './inputs.ts'
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
  /** Runs one batch and reads one output of the graph. */
  run<T>(batch: readonly Tokens[], output: string, read: (tensor: Tensor) => T): Promise<T>
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
  checkInputs(graph, model.graph)
  return {
    model,
    outputs: graph.session.outputMetadata,
    longest,
    tokenize: (texts, job) =>
      eachInTurn(texts, job, ([text, pair]) => toTokens(tokenizer, longest ?? Number.MAX_SAFE_INTEGER, text, pair)),
    async run(batch, output, read) {
      const inputs = toInputs(graph, batch, padding)
      let outputs: Record<string, Tensor> = {}
      try {
        outputs = await graph.run(inputs, [output])
        return read(outputs[output] as Tensor)
      } finally {
        for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) tensor.dispose()
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
