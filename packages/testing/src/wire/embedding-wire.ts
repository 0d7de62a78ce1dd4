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

/** As the server takes it: an answer is the vectors of the request's texts, with what the script counts as input; nothing streams. */
export const asWire = (wire: EmbeddingWire): Wire => {
  const { name, serves, refuse, error, codes } = wire
  return {
    name,
    serves,
    refuse,
    error,
    codes,
    wantsStream: () => false,
    events: () => [],
    whole: ({ usage }, body) => wire.answer(vectorsFor(wire, body), body, usage?.input),
    errorEvent: (fault) => ({ data: JSON.stringify(error(fault)) }),
    reasons: [],
  }
}

/** The vectors of a request's texts, in their order. */
export const vectorsFor = (wire: EmbeddingWire, body: JsonObject): number[][] =>
  wire.values(body).map((text) => vectorOf(text, wire.dimensions(body)))

/** Numbers that a text alone decides: equal texts have equal vectors, others point elsewhere. */
export function vectorOf(text: string, length = 8): number[] {
  let state = 2_166_136_261
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.fround(state / 2 ** 31 - 1)
  })
}
