import type { EmbeddingCall, EmbeddingResult, Warning } from '@anymodel/core'
import { toBatches } from '../encoder/batches.ts'
import { atOnce, loadEncoder } from '../encoder/encoder.ts'
import type { Tokens } from '../encoder/tokens.ts'
import type { Job, Opening, Served } from '../thread/served.ts'
import { type Embedder, embedBatch, promptFor, shortened, toEmbedder, withPooling } from './embedder.ts'

/** What the worker says about a request: all of it at the end. */
export interface EmbeddingEvent extends EmbeddingResult {
  readonly type: 'finish'
}

/** Loads an embedding model. */
export async function serveEmbedding(opening: Opening): Promise<Served<EmbeddingCall, EmbeddingEvent>> {
  const encoder = await loadEncoder(opening, 'embedding')
  const embedder = toEmbedder(encoder)
  return { atOnce, answer: (job) => answer(withPooling(embedder, job.call.extra), job) }
}

async function answer(embedder: Embedder, job: Job<EmbeddingCall, EmbeddingEvent>): Promise<void> {
  const { values, dimensions, purpose } = job.call
  const prompt = promptFor(embedder, purpose)
  const texts = [[prompt], ...values.map((value) => [prompt + value] as const)] as const
  const tokens = await embedder.encoder.tokenize(texts, job)
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
  const usage = { input, total: input }
  job.emit([{ type: 'finish', embeddings, usage, warnings: warningsOf(embedder, inputs, job.call) }])
}

function warningsOf(
  { encoder, dimensions, output, steps }: Embedder,
  inputs: readonly Tokens[],
  call: EmbeddingCall,
): Warning[] {
  const cut = inputs.filter((tokens) => tokens.cut).length
  const warnings: Warning[] = []
  if (!output.whole && !steps.known)
    warnings.push({
      option: 'extra',
      message: `${encoder.model.folder} does not say how its tokens become one vector: their mean was taken. Look it up at the model's page, and add its files modules.json and 1_Pooling/config.json to the folder, or set extra.pooling to mean, cls or lasttoken.`,
    })
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
