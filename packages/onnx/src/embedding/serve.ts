import { AnyModelError, type EmbeddingCall, type EmbeddingResult, type Warning } from '@anymodel/core'
import type { Tensor } from 'onnxruntime-node'
import { toBatches } from '../encoder/batches.ts'
import { atOnce, type Encoder, loadEncoder } from '../encoder/encoder.ts'
import type { Tokens } from '../encoder/tokens.ts'
import { broken, readJson } from '../folder.ts'
import { floatsOf } from '../runtime/tensors.ts'
import type { Job, Opening, Served } from '../thread/served.ts'
import { normalize, pool } from './pool.ts'
import { type PoolingSteps, readPooling } from './pooling.ts'

/** What the worker says about a request: all of it at the end. */
export interface EmbeddingEvent extends EmbeddingResult {
  readonly type: 'finish'
}

/** Loads an embedding model. */
export async function serveEmbedding(opening: Opening): Promise<Served<EmbeddingCall, EmbeddingEvent>> {
  const encoder = await loadEncoder(opening, 'embedding')
  const embedder = toEmbedder(encoder)
  return { atOnce, answer: (job) => answer(embedder, job) }
}

/** An encoder, and how its output becomes vectors. */
interface Embedder {
  readonly encoder: Encoder
  readonly steps: PoolingSteps
  /** The output that is read, and whether it is the texts' vectors already. */
  readonly output: { readonly name: string; readonly whole: boolean }
  readonly prompts: Prompts
  /** Shorter vectors that the model was trained for. */
  readonly dimensions: readonly number[]
}

/** What we read of `config_sentence_transformers.json`: what is put in front of every text, by purpose. */
interface Prompts {
  readonly prompts?: Readonly<Record<string, string>>
  readonly default_prompt_name?: string | null
}

function toEmbedder(encoder: Encoder): Embedder {
  const { folder, config } = encoder.model
  const steps = readPooling(folder)
  const prompts: Prompts = readJson(folder, 'config_sentence_transformers.json', {})
  const { matryoshka_dimensions = [] } = config as { matryoshka_dimensions?: readonly number[] }
  return { encoder, steps, output: outputOf(encoder, steps), prompts, dimensions: matryoshka_dimensions }
}

const tokenOutputs = ['last_hidden_state', 'token_embeddings', 'hidden_states']

function outputOf({ outputs, model }: Encoder, { dense }: PoolingSteps): Embedder['output'] {
  const names = outputs.map(({ name }) => name)
  if (names.includes('sentence_embedding')) return { name: 'sentence_embedding', whole: true }
  const name = tokenOutputs.find((known) => names.includes(known))
  if (name === undefined)
    throw broken(
      `${model.graph} is no embedding model: it gives ${names.join(', ')}, where sentence_embedding or ${tokenOutputs[0]} is wanted.`,
    )
  if (dense)
    throw broken(
      `${model.folder} ends in a dense layer that its graph does not hold. Export it with the output sentence_embedding.`,
    )
  return { name, whole: false }
}

async function answer(embedder: Embedder, job: Job<EmbeddingCall, EmbeddingEvent>): Promise<void> {
  const { values, dimensions, purpose } = job.call
  const { encoder } = embedder
  const prompt = promptFor(embedder.prompts, purpose)
  const tokens = await encoder.tokenize([[prompt], ...values.map((value) => [prompt + value] as const)], job)
  if (!tokens) return
  const [promptAlone, ...inputs] = tokens as [Tokens, ...Tokens[]]
  const embeddings = new Array<Float32Array>(values.length)
  for (const places of toBatches(inputs)) {
    if (job.cancelled()) return
    const batch = places.map((index) => inputs[index] as Tokens)
    const vectors = await embedBatch(embedder, batch, promptAlone)
    for (const [row, index] of places.entries())
      embeddings[index] = shortened(embedder, vectors[row] as Float32Array, dimensions)
  }
  const input = inputs.reduce((sum, { ids }) => sum + ids.length, 0)
  job.emit([
    { type: 'finish', embeddings, usage: { input, total: input }, warnings: warningsOf(embedder, inputs, job.call) },
  ])
}

/** sentence-transformers calls a document `document` or `passage`. */
function promptFor({ prompts = {}, default_prompt_name }: Prompts, purpose: EmbeddingCall['purpose']): string {
  const names = [purpose, purpose === 'document' ? 'passage' : undefined, default_prompt_name]
  return names.map((name) => prompts[name ?? '']).find((prompt) => typeof prompt === 'string') ?? ''
}

async function embedBatch(
  { encoder, steps, output }: Embedder,
  batch: readonly Tokens[],
  prompt: Tokens,
): Promise<Float32Array[]> {
  const outputs = await encoder.run(batch)
  try {
    const tensor = outputs[output.name] as Tensor
    const size = tensor.dims.at(-1) as number
    const width = output.whole ? 1 : (tensor.dims[1] as number)
    const data = floatsOf(tensor)
    const stretched = steps.normalize === true || (steps.normalize === 'unless whole' && !output.whole)
    return batch.map(({ ids }, row) => {
      const skip = output.whole || steps.includePrompt ? 0 : alike(prompt.ids, ids)
      const start = (row * width + skip) * size
      const rows = { data, start, length: output.whole ? 1 : ids.length - skip, size }
      const vector = pool(rows, output.whole ? ['cls'] : steps.poolings)
      return stretched ? normalize(vector) : vector
    })
  } finally {
    for (const tensor of Object.values(outputs)) tensor.dispose()
  }
}

/** How many tokens two texts have in common from the start. */
function alike(a: readonly number[], b: readonly number[]): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}

/** The first numbers of a vector, stretched again. */
function shortened({ encoder }: Embedder, vector: Float32Array, dimensions: number | undefined): Float32Array {
  if (dimensions === undefined || dimensions === vector.length) return vector
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > vector.length)
    throw new AnyModelError(
      'bad-request',
      `dimensions is ${dimensions}, and the vectors of ${encoder.model.folder} have ${vector.length} numbers.`,
    )
  return normalize(vector.slice(0, dimensions))
}

function warningsOf({ encoder, dimensions }: Embedder, inputs: readonly Tokens[], call: EmbeddingCall): Warning[] {
  const cut = inputs.filter((tokens) => tokens.cut).length
  const warnings: Warning[] = []
  if (cut > 0)
    warnings.push({
      option: 'values',
      message: `${cut} of ${inputs.length} texts were longer than the ${encoder.longest} tokens that the model reads: what is beyond was left out. Split them.`,
    })
  if (call.dimensions !== undefined && !dimensions.includes(call.dimensions))
    warnings.push({
      option: 'dimensions',
      message: `The vectors were cut to ${call.dimensions} numbers, and the model does not say that it was trained for that: they may find less.`,
    })
  return warnings
}
