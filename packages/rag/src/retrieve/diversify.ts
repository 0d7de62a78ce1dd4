import { cosineSimilarity } from '@anymodel/core'
import type { Found } from '../contract.ts'

export interface DiversifyOptions {
  /** At most this many are chosen. */
  readonly limit: number
  /** From 0, only new things, to 1, only good ones. Default 0.5. */
  readonly lambda?: number
}

/**
 * Chooses chunks that are good and say different things (maximal marginal relevance): again and again the one with the highest `lambda * relevance - (1 - lambda) * similarity to the nearest chosen one`.
 * Relevance is the score, scaled from 0 (worst of the list) to 1 (best). A chunk without a vector counts as unlike all others. (Carbonell, Goldstein 1998)
 */
export function diversify<F extends Found>(
  found: readonly F[],
  vectors: ReadonlyMap<string, Float32Array>,
  { limit, lambda = 0.5 }: DiversifyOptions,
): F[] {
  const scores = found.map(({ score }) => score)
  const low = scores.reduce((least, score) => Math.min(least, score), Infinity)
  const range = scores.reduce((most, score) => Math.max(most, score), -Infinity) - low || 1
  const open = found.map((item) => ({
    item,
    relevance: (item.score - low) / range,
    vector: vectors.get(item.chunk.hash),
    nearest: 0,
  }))
  const chosen: F[] = []
  while (chosen.length < limit && open.length > 0) {
    const worth = open.map(({ relevance, nearest }) => lambda * relevance - (1 - lambda) * nearest)
    const best = worth.reduce((top, value, at) => (value > (worth[top] as number) ? at : top), 0)
    const [taken] = open.splice(best, 1) as [(typeof open)[number]]
    chosen.push(taken.item)
    for (const other of open) {
      if (taken.vector && other.vector)
        other.nearest = Math.max(other.nearest, cosineSimilarity(taken.vector, other.vector))
    }
  }
  return chosen
}
