import type { Json } from './json.ts'
import type { Warning } from './part.ts'
import type { CacheControl } from './text.ts'
import type { Usage } from './usage.ts'

/** What `embed` hands to an embedding model. */
export interface EmbeddingCall {
  readonly values: readonly string[]
  /** Length of each vector, for models that can shorten theirs. */
  readonly dimensions?: number
  /** What the vectors are for, for models that tell the two apart. */
  readonly purpose?: 'query' | 'document'
  /** What wrappers tell calls apart by (a tenant, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For `withCache`. */
  readonly cache?: CacheControl
  readonly headers?: Readonly<Record<string, string>>
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

export interface EmbeddingResult {
  /** One vector per value, in the order of the values. */
  readonly embeddings: readonly Float32Array[]
  readonly usage: Usage
  readonly warnings: readonly Warning[]
}

/** A model that turns texts into vectors. */
export interface EmbeddingModel {
  readonly provider: string
  readonly id: string
  /** At most this many values go into one request. Default: no limit known. */
  readonly maxBatch?: number
  embed(call: EmbeddingCall): Promise<EmbeddingResult>
}
