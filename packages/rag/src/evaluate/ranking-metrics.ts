/** How much each thing that should be found is worth, by id. Things that are worth 0 or less, or are not listed, are not relevant. */
export type Relevance = ReadonlyMap<string, number>

/** How good a ranking is, each from 0 to 1. */
export interface RankingMetrics {
  /** Gain of the first 10, less the later a thing stands, next to that of the best order. */
  readonly ndcg10: number
  /** Share of the relevant things among the first 10. */
  readonly recall10: number
  /** Share of the relevant things among the first 100. */
  readonly recall100: number
  /** 1 / place of the first relevant thing. */
  readonly mrr: number
  /** Mean of the precision at the place of every relevant thing. */
  readonly map: number
}

/** Gain of the first `k`, discounted by `log2(place + 1)`, over that of the best order there is; 0 when nothing is relevant. Gains are the relevances themselves, as in trec_eval. */
export function ndcg(ranking: readonly string[], relevance: Relevance, k: number): number {
  const best = [...relevance.values()].filter((gain) => gain > 0).sort((a, b) => b - a)
  const ideal = discounted(best.slice(0, k))
  if (ideal === 0) return 0
  return discounted(ranking.slice(0, k).map((id) => Math.max(0, relevance.get(id) ?? 0))) / ideal
}

const discounted = (gains: readonly number[]): number =>
  gains.reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0)

/** Share of the relevant things that stand among the first `k`; 0 when nothing is relevant. */
export function recall(ranking: readonly string[], relevance: Relevance, k: number): number {
  const relevant = count([...relevance.keys()], relevance)
  return relevant === 0 ? 0 : count(ranking.slice(0, k), relevance) / relevant
}

const count = (ids: readonly string[], relevance: Relevance): number =>
  ids.filter((id) => isRelevant(id, relevance)).length

const isRelevant = (id: string, relevance: Relevance): boolean => (relevance.get(id) ?? 0) > 0

/** 1 / place of the first relevant thing, 0 when there is none. Its mean over questions is the MRR. */
export function reciprocalRank(ranking: readonly string[], relevance: Relevance): number {
  const at = ranking.findIndex((id) => isRelevant(id, relevance))
  return at < 0 ? 0 : 1 / (at + 1)
}

/** Precision at the place of every relevant thing, summed and divided by how many there are. Its mean over questions is the MAP. */
export function averagePrecision(ranking: readonly string[], relevance: Relevance): number {
  const relevant = count([...relevance.keys()], relevance)
  let hits = 0
  let sum = 0
  for (const [at, id] of ranking.entries()) if (isRelevant(id, relevance)) sum += ++hits / (at + 1)
  return relevant === 0 ? 0 : sum / relevant
}

/** All metrics of one ranking. A thing that is ranked twice counts at its first place only. */
export function rankingMetrics(ranking: readonly string[], relevance: Relevance): RankingMetrics {
  const ids = [...new Set(ranking)]
  return {
    ndcg10: ndcg(ids, relevance, 10),
    recall10: recall(ids, relevance, 10),
    recall100: recall(ids, relevance, 100),
    mrr: reciprocalRank(ids, relevance),
    map: averagePrecision(ids, relevance),
  }
}

/** The mean of each metric; zeros for no question at all. */
export function meanMetrics(all: readonly RankingMetrics[]): RankingMetrics {
  const mean = (name: keyof RankingMetrics) =>
    all.length === 0 ? 0 : all.reduce((sum, metrics) => sum + metrics[name], 0) / all.length
  return {
    ndcg10: mean('ndcg10'),
    recall10: mean('recall10'),
    recall100: mean('recall100'),
    mrr: mean('mrr'),
    map: mean('map'),
  }
}
