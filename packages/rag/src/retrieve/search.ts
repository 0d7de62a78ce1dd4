import { AnyModelError, type EmbeddingModel } from '@anymodel/core'
import { checkModel } from '../add/check-model.ts'
import type { Filter, Store } from '../contract.ts'
import { candidates } from './candidates.ts'
import { diversify } from './diversify.ts'
import { rewritten } from './query.ts'
import { rerankHits } from './rerank-hits.ts'
import type { Hit, SearchOptions } from './search-options.ts'

/** What a search goes through. */
export interface Searched {
  readonly store: Store
  readonly model: EmbeddingModel | undefined
  /** What every chunk must fit, whatever the search asks for. */
  readonly access: Filter | undefined
}

/** Finds chunks: rewrite, search by words and meaning, fuse, rerank, diversify. */
export async function search(
  question: string,
  options: SearchOptions,
  { store, model, access }: Searched,
): Promise<Hit[]> {
  const {
    limit = 10,
    filter,
    history,
    signal,
    onNotice,
    rewrite = [],
    weights = {},
    diversity = 0,
    minSimilarity = -Infinity,
  } = options
  const { mode = model ? 'hybrid' : 'text', candidates: wide = Math.max(100, 10 * limit) } = options
  check(question, { limit, diversity, wide, mode, model })
  signal?.throwIfAborted()
  if (mode !== 'text') await checkModel(store, model)
  const rewriters = typeof rewrite === 'function' ? [rewrite] : rewrite
  const queries = await rewritten(question, rewriters, { history, signal, onNotice })
  const hits = await candidates(store, queries, {
    mode,
    limit: wide,
    filter: both(access, filter),
    weights,
    model,
    minSimilarity,
    signal,
  })
  const ranked = options.rerank
    ? await rerankHits(queries[0]?.text ?? question, hits, {
        model: options.rerank,
        candidates: Math.max(limit, options.rerankCandidates ?? 30),
        onNotice,
        signal,
      })
    : hits
  return diversity === 0 ? ranked.slice(0, limit) : diverse(ranked, { limit, diversity, store })
}

/** Both filters hold. */
export const both = (one: Filter | undefined, other: Filter | undefined): Filter | undefined =>
  one && other ? { and: [one, other] } : (one ?? other)

interface Diversity {
  readonly limit: number
  readonly diversity: number
  readonly store: Store
}

/** Chosen among the first hits: further down there is little that is good. */
async function diverse(hits: readonly Hit[], { limit, diversity, store }: Diversity): Promise<Hit[]> {
  const first = hits.slice(0, Math.max(50, 3 * limit))
  const vectors = await store.vectorsOf(first.map(({ chunk }) => chunk.hash))
  return diversify(first, vectors, { limit, lambda: 1 - diversity })
}

interface Asked {
  readonly limit: number
  readonly diversity: number
  readonly wide: number
  readonly mode: string
  readonly model: EmbeddingModel | undefined
}

function check(question: string, { limit, diversity, wide, mode, model }: Asked): void {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (typeof question !== 'string' || question.trim() === '') wrong('The question must be a text that is not empty.')
  if (!(Number.isInteger(limit) && limit > 0)) wrong(`limit must be a whole number above 0, not ${limit}.`)
  if (!(Number.isInteger(wide) && wide >= limit))
    wrong(`candidates must be a whole number of at least limit, not ${wide}.`)
  if (!(diversity >= 0 && diversity <= 1)) wrong(`diversity must be a number from 0 to 1, not ${diversity}.`)
  if (!['text', 'vector', 'hybrid'].includes(mode)) wrong(`mode must be text, vector or hybrid, not ${mode}.`)
  if (mode !== 'text' && !model) wrong(`mode ${mode} needs an embedding model: pass embedding to knowledge().`)
}
