import type { Json } from './json.ts'
import type { Warning } from './part.ts'
import type { CacheControl } from './text.ts'
import type { Usage } from './usage.ts'

/** What `rerank` hands to a model. */
export interface RerankCall {
  readonly query: string
  readonly documents: readonly string[]
  /** At most this many documents come back. Default: all. */
  readonly limit?: number
  /** What wrappers tell calls apart by (a tenant, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For `withCache`. */
  readonly cache?: CacheControl
  readonly headers?: Readonly<Record<string, string>>
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** Where a document stands. */
export interface Ranked {
  /** Its place among the documents that were given. */
  readonly index: number
  /** How well it answers the query: higher is better; comparable within one model only. */
  readonly score: number
}

export interface RerankResult {
  /** Best first. */
  readonly ranking: readonly Ranked[]
  readonly usage: Usage
  readonly warnings: readonly Warning[]
}

/** A model that orders documents by how well they answer a query. */
export interface RerankModel {
  readonly provider: string
  readonly id: string
  rerank(call: RerankCall): Promise<RerankResult>
}
