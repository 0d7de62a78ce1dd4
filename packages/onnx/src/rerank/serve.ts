import type { RerankCall, RerankResult, Warning } from '@anymodel/core'
import { toBatches } from '../encoder/batches.ts'
import { atOnce, type Encoder, loadEncoder } from '../encoder/encoder.ts'
import type { Tokens } from '../encoder/tokens.ts'
import { broken } from '../folder.ts'
import { floatsOf } from '../runtime/tensors.ts'
import type { Job, Opening, Served } from '../thread/served.ts'

/** What the worker says about a request: all of it at the end. */
export interface RerankEvent extends RerankResult {
  readonly type: 'finish'
}

/** Loads a cross-encoder: a model that reads query and document together and says how well they go together. */
export async function serveRerank(opening: Opening): Promise<Served<RerankCall, RerankEvent>> {
  const encoder = await loadEncoder(opening, 'rerank')
  const names = encoder.outputs.map(({ name }) => name)
  if (!names.includes('logits'))
    throw broken(
      `${encoder.model.graph} is no reranker: it gives ${names.join(', ')}, where logits is wanted. Export it for sequence classification.`,
    )
  const toScore = scoreOf(encoder)
  return { atOnce, answer: (job) => answer(encoder, toScore, job) }
}

type ToScore = (logits: Float32Array) => number

/** What we read of the config: how sentence-transformers turns a logit into a score. */
interface CrossEncoderConfig {
  readonly sbert_ce_default_activation_function?: string
  readonly sentence_transformers?: { readonly activation_fn?: string }
}

/** One logit is the score, squeezed between 0 and 1 unless the model says otherwise; of two the second says yes. */
function scoreOf({ model, outputs }: Encoder): ToScore {
  const logits = outputs.find(({ name }) => name === 'logits')
  const count = logits?.isTensor ? logits.shape.at(-1) : undefined
  const { sbert_ce_default_activation_function: older, sentence_transformers } = model.config as CrossEncoderConfig
  const activation = sentence_transformers?.activation_fn ?? older ?? 'Sigmoid'
  const squeeze: (x: number) => number = String(activation).endsWith('Identity') ? (x) => x : sigmoid
  if (count === 2) return ([no = 0, yes = 0]) => sigmoid(yes - no)
  if (typeof count === 'number' && count !== 1)
    throw broken(`${model.graph} is no reranker: it sorts texts into ${count} classes, where one score is wanted.`)
  return ([logit = 0]) => squeeze(logit)
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

async function answer(encoder: Encoder, toScore: ToScore, job: Job<RerankCall, RerankEvent>): Promise<void> {
  const { query, documents, limit = documents.length } = job.call
  const inputs = await encoder.tokenize(
    documents.map((document) => [query, document]),
    job,
  )
  if (!inputs) return
  const ranking: { index: number; score: number }[] = []
  for (const batch of toBatches(inputs)) {
    if (job.cancelled()) return
    await encoder.run(
      batch.map((index) => inputs[index] as Tokens),
      'logits',
      (logits) => {
        const size = logits.data.length / batch.length
        const data = floatsOf(logits)
        for (const [row, index] of batch.entries())
          ranking.push({ index, score: toScore(data.subarray(row * size, (row + 1) * size)) })
      },
    )
  }
  ranking.sort((a, b) => b.score - a.score || a.index - b.index)
  const input = inputs.reduce((sum, { ids }) => sum + ids.length, 0)
  job.emit([
    {
      type: 'finish',
      ranking: ranking.slice(0, limit),
      usage: { input, total: input },
      warnings: warningsOf(encoder, inputs),
    },
  ])
}

function warningsOf({ longest }: Encoder, inputs: readonly Tokens[]): Warning[] {
  const cut = inputs.filter((tokens) => tokens.cut).length
  if (cut === 0) return []
  const message = `${cut} of ${inputs.length} documents were, with the query, longer than the ${longest} tokens that the model reads: what is beyond was left out. Split them.`
  return [{ option: 'documents', message }]
}
