import { cosineSimilarity, type EmbeddingModel, embedMany, type Given } from '@anymodel/core'
import type { ClaimJudge, JudgedClaim } from './judge-claim.ts'

export interface SimilarityJudgeOptions {
  /** Least cosine of a claim and its quote. Default 0.6, which fits all-minilm-l6-v2; what is alike differs from model to model. */
  readonly least?: number
}

/** So many characters on each side of a quote are read with it: what "it" and "they" are stands there. */
const around = 150

/**
 * A judge for `ask` without a text model: a claim is carried when an embedding model finds it alike to its quote, or to the quote with what stands around it. That finds quotes that are about something else; a
 * claim that turns its quote around by a word is alike to it all the same. Costs three vectors for every claim.
 */
export const similarityJudge = (
  model: Given<EmbeddingModel>,
  { least = 0.6 }: SimilarityJudgeOptions = {},
): ClaimJudge => ({
  async judge(judged, { signal }) {
    const values = [judged.claim, judged.quote, nearby(judged)]
    const { embeddings, usage } = await embedMany({ model, values, ...(signal ? { signal } : {}) })
    const [claim = new Float32Array(), ...passages] = embeddings
    const carried = passages.some((passage) => cosineSimilarity(claim, passage) >= least)
    return { carried, usage }
  },
})

function nearby({ quote, surroundings }: JudgedClaim): string {
  const at = Math.max(0, surroundings.indexOf(quote))
  return surroundings.slice(Math.max(0, at - around), at + quote.length + around)
}
