import { type EmbeddingModel, embedMany } from '@anymodel/core'
import type { Filter, Found, Store } from '../contract.ts'
import { fuse } from './fuse.ts'
import type { Query } from './query.ts'
import type { Hit, Place, SearchMode } from './search-options.ts'

export interface CandidateOptions {
  readonly mode: SearchMode
  readonly limit: number
  readonly filter: Filter | undefined
  readonly weights: { readonly text?: number; readonly vector?: number }
  readonly model: EmbeddingModel | undefined
  readonly minSimilarity: number
  readonly signal: AbortSignal | undefined
}

interface List {
  readonly by: Place['by']
  readonly query: string
  readonly weight: number
  readonly found: readonly Found[]
}

/** What is found for queries by words, by meaning or both, fused into one list that says where each chunk stood. */
export async function candidates(store: Store, queries: readonly Query[], options: CandidateOptions): Promise<Hit[]> {
  const lists = (await Promise.all([byText(store, queries, options), byVector(store, queries, options)])).flat()
  const places = new Map<string, Place[]>()
  for (const { by, query, found } of lists) {
    for (const [at, { chunk, score }] of found.entries())
      places.set(chunk.id, [...(places.get(chunk.id) ?? []), { by, query, rank: at + 1, score }])
  }
  return fuse(lists).map((found) => ({ ...found, places: places.get(found.chunk.id) as Place[] }))
}

async function byText(store: Store, queries: readonly Query[], options: CandidateOptions): Promise<List[]> {
  const { mode, weights } = options
  const asked = mode === 'vector' ? [] : queries.filter(({ by }) => by !== 'vector')
  return Promise.all(
    asked.map(async ({ text, weight = 1 }) => ({
      by: 'text',
      query: text,
      weight: weight * (weights.text ?? 0.5),
      found: await store.searchText(text, searchOf(options)),
    })),
  )
}

async function byVector(store: Store, queries: readonly Query[], options: CandidateOptions): Promise<List[]> {
  const { mode, weights, model, minSimilarity, signal } = options
  const asked = mode === 'text' ? [] : queries.filter(({ by }) => by !== 'text')
  if (!model || asked.length === 0) return []
  const values = asked.map(({ text }) => text)
  const { embeddings } = await embedMany({ model, values, purpose: 'query', ...(signal ? { signal } : {}) })
  return Promise.all(
    asked.map(async ({ text, weight = 1 }, at) => ({
      by: 'vector',
      query: text,
      weight: weight * (weights.vector ?? 1),
      found: (await store.searchVector(embeddings[at] as Float32Array, searchOf(options))).filter(
        ({ score }) => score >= minSimilarity,
      ),
    })),
  )
}

const searchOf = ({ limit, filter, signal }: CandidateOptions) => ({
  limit,
  ...(filter ? { filter } : {}),
  ...(signal ? { signal } : {}),
})
