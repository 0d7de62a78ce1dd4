import { AnyModelError, type EmbeddingCall } from '@anymodel/core'
import type { Tensor } from 'onnxruntime-node'
import type { Encoder } from '../encoder/encoder.ts'
import type { Tokens } from '../encoder/tokens.ts'
import { broken, readJson } from '../folder.ts'
import { floatsOf } from '../runtime/tensors.ts'
import { normalize, pool } from './pool.ts'
import { type PoolingSteps, poolingNames, readPooling, toPooling } from './pooling.ts'

/** An encoder, and how its output becomes vectors. */
export interface Embedder {
  readonly encoder: Encoder
  readonly steps: PoolingSteps
  /** The output that is read, and whether it is the texts' vectors already. */
  readonly output: { readonly name: string; readonly whole: boolean }
  readonly prompts: Prompts
  /** Shorter vectors that the model was trained for. */
  readonly dimensions: readonly unknown[]
}

/** What we read of `config_sentence_transformers.json`: what is put in front of every text, by purpose. */
interface Prompts {
  readonly prompts?: Readonly<Record<string, unknown>> | null
  readonly default_prompt_name?: string | null
}

/** Reads how the vectors are made. Throws `config` for a graph that gives none. */
export function toEmbedder(encoder: Encoder): Embedder {
  const { folder, config } = encoder.model
  const steps = readPooling(folder)
  const prompts: Prompts = readJson(folder, 'config_sentence_transformers.json', {})
  const { matryoshka_dimensions: trained } = config as { matryoshka_dimensions?: unknown }
  const dimensions = Array.isArray(trained) ? trained : []
  return { encoder, steps, output: outputOf(encoder, steps), prompts, dimensions }
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

/** What stands in front of every text. sentence-transformers calls a document `document` or `passage`. */
export function promptFor({ prompts }: Embedder, purpose: EmbeddingCall['purpose']): string {
  const names = [purpose, purpose === 'document' ? 'passage' : undefined, prompts.default_prompt_name]
  const found = names.map((name) => prompts.prompts?.[name ?? '']).find((prompt) => typeof prompt === 'string')
  return (found as string | undefined) ?? ''
}

/** The embedder with the pooling that a call asks for in `extra.pooling`. Throws `invalid-argument` for one that does not exist. */
export function withPooling(embedder: Embedder, extra: EmbeddingCall['extra']): Embedder {
  if (extra?.pooling === undefined) return embedder
  const pooling = toPooling(extra.pooling)
  if (pooling) return { ...embedder, steps: { ...embedder.steps, poolings: [pooling], known: true } }
  throw new AnyModelError('invalid-argument', `extra.pooling must be one of ${poolingNames.join(', ')}.`)
}

/** The vectors of a batch; `prompt` is what stands in front of all its texts, tokenized alone. */
export function embedBatch(
  { encoder, steps, output }: Embedder,
  batch: readonly Tokens[],
  prompt: Tokens,
): Promise<Float32Array[]> {
  const stretched = steps.normalize === true || (steps.normalize === 'unless whole' && !output.whole)
  return encoder.run(batch, output.name, (tensor: Tensor) => {
    const size = tensor.dims.at(-1) as number
    const width = output.whole ? 1 : (tensor.dims[1] as number)
    const data = floatsOf(tensor)
    return batch.map(({ ids }, row) => {
      const skip = output.whole || steps.includePrompt ? 0 : alike(prompt.ids, ids)
      const start = (row * width + skip) * size
      const rows = { data, start, length: output.whole ? 1 : ids.length - skip, size }
      const vector = pool(rows, output.whole ? ['cls'] : steps.poolings)
      return stretched ? normalize(vector) : vector
    })
  })
}

/** How many tokens two texts have in common from the start. */
function alike(a: readonly number[], b: readonly number[]): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}

/** The first numbers of a vector, stretched again. */
export function shortened({ encoder }: Embedder, vector: Float32Array, dimensions: number | undefined): Float32Array {
  if (dimensions === undefined || dimensions === vector.length) return vector
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > vector.length)
    throw new AnyModelError(
      'bad-request',
      `dimensions is ${dimensions}, and the vectors of ${encoder.model.folder} have ${vector.length} numbers.`,
    )
  return normalize(vector.slice(0, dimensions))
}
