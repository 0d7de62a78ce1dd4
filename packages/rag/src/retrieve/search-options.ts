import type { Given, Message, RerankModel } from '@anymodel/core'
import type { Filter, Found } from '../contract.ts'
import type { Rewriter } from './query.ts'

/** `text`: by words (BM25). `vector`: by meaning. `hybrid`: both, fused. */
export type SearchMode = 'text' | 'vector' | 'hybrid'

export interface SearchOptions {
  /** Default `hybrid` where there is an embedding model, else `text`. */
  readonly mode?: SearchMode
  /** At most this many chunks. Default 10. */
  readonly limit?: number
  readonly filter?: Filter
  /** How much each list counts in the fusion. Default 0.5 for words and 1 for meaning, what Cranfield favours; give words more where names and numbers are searched for. */
  readonly weights?: { readonly text?: number; readonly vector?: number }
  /** Leaves out of the list by meaning what is less alike than this cosine. What is far differs from model to model: look at `places` of your own questions first. Default: nothing is left out. */
  readonly minSimilarity?: number
  /** How many chunks each list gives to the fusion. Default 100, or 10 times `limit` where that is more. */
  readonly candidates?: number
  /** What else is searched for: `multiQuery(model)`, `hypotheticalAnswer(model)`, `stepBack(model)` or functions of your own. One that fails is told as a notice, and the question is searched for as it is. */
  readonly rewrite?: Rewriter | readonly Rewriter[]
  /** Earlier messages of a conversation, for rewriters such as `standaloneQuestion(model)`. */
  readonly history?: readonly Message[]
  /** Orders the best chunks anew: a rerank model, or `judgeReranker(textModel)`. One that fails is told as a notice, and the order stays. */
  readonly rerank?: Given<RerankModel>
  /** How many chunks are given to it. Default 30, or `limit` where that is more. */
  readonly rerankCandidates?: number
  /** From 0, the best chunks, to 1, the most different ones (MMR with `lambda` 1 - diversity). Default 0. */
  readonly diversity?: number
  /** Told what could not be done as asked. */
  readonly onNotice?: (message: string) => void
  readonly signal?: AbortSignal
}

/** Where a chunk stood in one of the lists that were fused. */
export interface Place {
  readonly by: 'text' | 'vector'
  /** What was searched for. */
  readonly query: string
  /** From 1. */
  readonly rank: number
  /** That of the list: BM25, or cosine. */
  readonly score: number
}

/** A chunk that was found, and why. */
export interface Hit extends Found {
  readonly places: readonly Place[]
}
