import { expect, test } from 'vitest'
import { averagePrecision, meanMetrics, ndcg, rankingMetrics, recall, reciprocalRank } from './ranking-metrics.ts'

const relevance = new Map([
  ['a', 3],
  ['b', 2],
  ['c', 1],
  ['z', 0],
])

test('nDCG is the discounted gain next to that of the best order', () => {
  // b at 1, x at 2, a at 3: 2/1 + 3/2. Best: 3/1 + 2/log2(3) + 1/2.
  const best = 3 + 2 / Math.log2(3) + 0.5
  expect(ndcg(['b', 'x', 'a'], relevance, 10)).toBeCloseTo(3.5 / best, 12)
  expect(ndcg(['a', 'b', 'c'], relevance, 10)).toBe(1)
  expect(ndcg(['b', 'x', 'a'], relevance, 2)).toBeCloseTo(2 / (3 + 2 / Math.log2(3)), 12)
})

test('recall, reciprocal rank and average precision are those of the textbook', () => {
  const ranking = ['x', 'a', 'z', 'c']
  expect(recall(ranking, relevance, 2)).toBeCloseTo(1 / 3, 12)
  expect(reciprocalRank(ranking, relevance)).toBe(1 / 2)
  // 1/2 at the second place, 2/4 at the fourth, b is never found.
  expect(averagePrecision(ranking, relevance)).toBeCloseTo(1 / 3, 12)
})

test('a thing that is ranked twice counts once, and a question without relevant things gives zeros', () => {
  expect(rankingMetrics(['a', 'a', 'a'], new Map([['a', 1]]))).toEqual({
    ndcg10: 1,
    recall10: 1,
    recall100: 1,
    mrr: 1,
    map: 1,
  })
  const none = { ndcg10: 0, recall10: 0, recall100: 0, mrr: 0, map: 0 }
  expect(rankingMetrics(['a'], new Map())).toEqual(none)
  expect(meanMetrics([])).toEqual(none)
})
