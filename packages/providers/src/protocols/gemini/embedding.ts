import { AnyModelError, type EmbeddingCall, type EmbeddingResult, type Json, type JsonObject } from '@anymodel/core'
import type { EmbeddingProtocol, Target, WireRequest } from '../../protocol.ts'
import { resource } from './dialect.ts'
import { count } from './usage.ts'
import type { WireUsage } from './wire.ts'

/** How the models of one family are told what their vectors are for. */
export interface GeminiEmbeddingRule {
  /** Matches the ids of the family; the first rule that matches counts. */
  readonly match: RegExp
  /** Texts in front of the values. Absent: `taskType` says it. */
  readonly prefixes?: Readonly<Record<'query' | 'document', string>>
}

/** Gemini `batchEmbedContents`. https://ai.google.dev/api/embeddings */
export function geminiEmbeddings(models: readonly GeminiEmbeddingRule[] = []): EmbeddingProtocol {
  return {
    maxBatch: 100,
    request: (call, target) => toEmbeddingRequest(call, target, models),
    result: toEmbeddings,
  }
}

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

interface EmbeddingBody {
  embeddings?: { values?: number[] }[]
  usageMetadata?: WireUsage
}

function toEmbeddings(value: unknown, { values }: EmbeddingCall): Omit<EmbeddingResult, 'warnings'> {
  const { embeddings = [], usageMetadata } = (value ?? {}) as EmbeddingBody
  if (embeddings.length !== values.length || embeddings.some((embedding) => !Array.isArray(embedding?.values)))
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
