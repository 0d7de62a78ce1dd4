import type { Json, JsonObject } from '@anymodel/core'
import type { ServiceError, Wire } from './wire.ts'

/** A service's side of one format for embeddings, written apart from any adapter. */
export interface EmbeddingWire {
  readonly name: string
  /** Whether requests to this path (without the query) are in this format. */
  serves(path: string): boolean
  /** Why the service would refuse the request; `undefined` when it would not. */
  refuse(body: JsonObject): string | undefined
  /** The texts of a request, as the service sees them. */
  values(body: JsonObject): readonly string[]
  /** The length of vectors that a request asks for. */
  dimensions(body: JsonObject): number | undefined
  /** The answer to a request: one vector for each of its texts. `tokens` is what the service counts; without it the service says nothing of them. */
  answer(vectors: readonly (readonly number[])[], body: JsonObject, tokens?: number): Json
  /** Body of an error response. */
  error(error: Required<ServiceError>): Json
  /** Codes that go with statuses. */
  readonly codes: Readonly<Record<number, string>>
}

/** As the server takes it: answers are bodies, nothing streams. */
export const asWire = ({ name, serves, refuse, error, codes }: EmbeddingWire): Wire => ({
  name,
  serves,
  refuse,
  error,
  codes,
  wantsStream: () => false,
  events: () => [],
  whole: () => null,
  errorEvent: (fault) => ({ data: JSON.stringify(error(fault)) }),
  reasons: [],
})
