import { type Given, type RerankModel, rerank } from '@anymodel/core'
import { embeddedText } from '../add/prepare.ts'
import type { Hit } from './search-options.ts'

export interface RerankHitsOptions {
  readonly model: Given<RerankModel>
  /** How many of the first hits are ordered anew; the others follow as they stand. */
  readonly candidates: number
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Orders the first hits by how well a model thinks that they answer the question; their scores are its scores. When the model fails, the order stays and a notice says so. */
export async function rerankHits(
  question: string,
  hits: readonly Hit[],
  { model, candidates, onNotice, signal }: RerankHitsOptions,
): Promise<readonly Hit[]> {
  const first = hits.slice(0, candidates)
  try {
    const documents = first.map(({ chunk }) => embeddedText(chunk))
    const { ranking } = await rerank({ model, query: question, documents, ...(signal ? { signal } : {}) })
    const ranked = ranking.map(({ index, score }) => ({ ...(first[index] as Hit), score }))
    const left = first.filter((hit) => !ranked.some(({ chunk }) => chunk.id === hit.chunk.id))
    return [...ranked, ...below(ranked.at(-1)?.score, [...left, ...hits.slice(candidates)])]
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    onNotice?.(`The hits stand as search ordered them, reranking failed: ${(error as Error).message}`)
    return hits
  }
}

/** Scores of other lists can't be compared: what was not ranked stands below the last that was. */
const below = (score: number | undefined, hits: readonly Hit[]): Hit[] =>
  hits.map((hit, at) => (score === undefined ? hit : { ...hit, score: score - (at + 1) * 1e-6 }))
