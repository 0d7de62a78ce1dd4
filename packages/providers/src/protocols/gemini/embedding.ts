import { AnyModelError, type EmbeddingCall, type EmbeddingResult, type Json, type JsonObject } from '@anymodel/core'
import type { EmbeddingFormat, Target, WireRequest } from '../../protocol.ts'
import { type GeminiEmbeddingRule, resource } from './dialect.ts'
import { count } from './usage.ts'
import type { WireUsage } from './wire.ts'

/** `batchEmbedContents`, with what is known of a service's models. */
export const embeddingFormat = (models: readonly GeminiEmbeddingRule[]): EmbeddingFormat => ({
  request: (call, target) => toEmbeddingRequest(call, target, models),
  result: toEmbeddings,
})

const taskTypes = { query: 'RETRIEVAL_QUERY', document: 'RETRIEVAL_DOCUMENT' } as const

function toEmbeddingRequest(
  { values, dimensions, purpose }: EmbeddingCall,
  { model }: Target,
  models: readonly GeminiEmbeddingRule[],
): WireRequest {
  const prefixes = models.find(({ match }) => match.test(model))?.prefixes
  const name = resource(model)
  const requests = values.map((value): JsonObject => {
    const text = purpose && prefixes ? prefixes[purpose] + value : value
    return {
      model: name,
      content: { parts: [{ text }] },
      taskType: purpose && !prefixes ? taskTypes[purpose] : undefined,
      outputDimensionality: dimensions,
    }
  })
  return { path: `/${name}:batchEmbedContents`, body: { requests }, warnings: [] }
}

const isVector = (embedding: { values?: unknown } | null): boolean =>
  Array.isArray(embedding?.values) && embedding.values.every((number) => typeof number === 'number')

interface EmbeddingBody {
  embeddings?: { values?: number[] }[]
  usageMetadata?: WireUsage
}

function toEmbeddings(value: unknown, { values }: EmbeddingCall): Omit<EmbeddingResult, 'warnings'> {
  const { embeddings = [], usageMetadata } = (value ?? {}) as EmbeddingBody
  if (embeddings.length !== values.length || !embeddings.every(isVector))
    throw new AnyModelError('malformed', `The answer does not have one vector for each of the ${values.length} values.`)
  return {
    embeddings: embeddings.map((embedding) => Float32Array.from(embedding.values ?? [])),
    usage: usageMetadata
      ? {
          input: count(usageMetadata.promptTokenCount),
          total: count(usageMetadata.totalTokenCount),
          raw: usageMetadata as unknown as Json,
        }
      : {},
  }
}
