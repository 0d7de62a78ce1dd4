import type { Warning } from '../contract/part.ts'
import type { Ranked, RerankCall, RerankModel } from '../contract/rerank.ts'
import type { Usage } from '../contract/usage.ts'
import { AnyModelError } from '../errors.ts'
import { type Given, givenModel } from './given-model.ts'

/** Options of `rerank`. */
export interface RerankOptions extends RerankCall {
  readonly model: Given<RerankModel>
}

/** Where a document stands, and what it says. */
export interface RankedDocument extends Ranked {
  readonly document: string
}

export interface RerankedResult {
  /** Best first, at most `limit`. */
  readonly ranking: readonly RankedDocument[]
  readonly usage: Usage
  readonly warnings: readonly Warning[]
}

/** Orders documents by how well they answer a query. An empty list asks nobody. Rejects with an `AnyModelError`; an abort rejects with `signal.reason`. */
export async function rerank({ model: given, ...call }: RerankOptions): Promise<RerankedResult> {
  const model = await givenModel(given, 'rerank', 'onnx().rerank(id)')
  check(call)
  call.signal?.throwIfAborted()
  if (call.documents.length === 0) return { ranking: [], usage: {}, warnings: [] }
  const { ranking, usage, warnings } = await model.rerank(call)
  const best = ranking.slice(0, call.limit)
  return { ranking: best.map((ranked) => withDocument(ranked, call.documents, model)), usage, warnings }
}

function check({ query, documents, limit }: RerankCall): void {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (typeof query !== 'string' || query === '') wrong('query must be a text that is not empty.')
  if (!Array.isArray(documents)) wrong('documents must be a list of texts.')
  for (const [at, document] of documents.entries())
    if (typeof document !== 'string') wrong(`documents[${at}] must be a text, not ${typeof document}.`)
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) wrong('limit must be a whole number above 0.')
}

function withDocument(ranked: Ranked, documents: readonly string[], { provider, id }: RerankModel): RankedDocument {
  const document = documents[ranked.index]
  if (document !== undefined && Number.isFinite(ranked.score)) return { ...ranked, document }
  const problem = document === undefined ? 'which was not given' : `with the score ${ranked.score}`
  throw new AnyModelError('malformed', `${provider}/${id} ranked document ${ranked.index}, ${problem}.`, {
    provider,
    model: id,
  })
}
