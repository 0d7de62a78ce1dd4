import { AnyModelError } from '@anymodel/core'
import type { KnowledgeView } from '../knowledge.ts'
import type { SearchOptions } from '../retrieve/search-options.ts'
import { meanMetrics, type RankingMetrics, rankingMetrics } from './ranking-metrics.ts'

/** A question, and the documents that should be found for it. */
export interface SearchCase {
  readonly question: string
  /** Ids of documents, or how much each is worth by id. */
  readonly relevant: readonly string[] | Readonly<Record<string, number>>
}

export interface CaseMetrics {
  readonly question: string
  /** Ids of the documents that were found, best first, each once. */
  readonly ranking: readonly string[]
  readonly metrics: RankingMetrics
}

export interface SearchEvaluation {
  /** Means over all questions. */
  readonly metrics: RankingMetrics
  readonly cases: readonly CaseMetrics[]
}

/** For 100 documents so many chunks are looked at: several may be of the same one. */
const depth = 300

/** Measures how well search finds documents, without any model besides those that search. A document stands where the best of its chunks stands. */
export async function evaluateSearch(
  knowledge: Pick<KnowledgeView, 'search'>,
  cases: readonly SearchCase[],
  options: Omit<SearchOptions, 'limit' | 'history'> = {},
): Promise<SearchEvaluation> {
  const measured: CaseMetrics[] = []
  for (const { question, relevant } of cases) {
    options.signal?.throwIfAborted()
    const hits = await knowledge.search(question, { candidates: depth, ...options, limit: depth })
    const ranking = [...new Set(hits.map(({ chunk }) => chunk.documentId))]
    measured.push({ question, ranking, metrics: rankingMetrics(ranking, relevanceOf(relevant)) })
  }
  return { metrics: meanMetrics(measured.map(({ metrics }) => metrics)), cases: measured }
}

const relevanceOf = (relevant: SearchCase['relevant']): ReadonlyMap<string, number> =>
  new Map(Array.isArray(relevant) ? relevant.map((id: string) => [id, 1]) : Object.entries(relevant))

/** Reads questions from JSON lines: `{ "question": "...", "relevant": ["id", ...] }` or `{ "relevant": { "id": 2, ... } }`. Throws `invalid-argument` with the number of a line that is something else. */
export function parseCases(jsonl: string): SearchCase[] {
  return jsonl.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    const value = parsed(line)
    if (isCase(value)) return [value]
    throw new AnyModelError(
      'invalid-argument',
      `Line ${at + 1} is no question: write { "question": "...", "relevant": ["id of a document"] } or { "relevant": { "id": 2 } }.`,
    )
  })
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isCase(value: unknown): value is SearchCase {
  const { question, relevant } = (value ?? {}) as Partial<SearchCase>
  if (typeof question !== 'string' || question.trim() === '' || typeof relevant !== 'object' || relevant === null)
    return false
  return Array.isArray(relevant)
    ? relevant.every((id) => typeof id === 'string')
    : Object.values(relevant).every(Number.isFinite)
}
