export {
  type CitedClaim,
  type QuoteCheck,
  type QuotedSource,
  type QuoteVerdict,
  quoteChecker,
} from './answer/check-quote.ts'
export type * from './contract.ts'
export {
  averagePrecision,
  meanMetrics,
  ndcg,
  type RankingMetrics,
  type Relevance,
  rankingMetrics,
  recall,
  reciprocalRank,
} from './evaluate/ranking-metrics.ts'
export { type DiversifyOptions, diversify } from './retrieve/diversify.ts'
export { fuse, type RankedList } from './retrieve/fuse.ts'
export type { SplitOptions } from './split/options.ts'
export { recursiveSplitter } from './split/recursive.ts'
