import { AnyModelError, type EmbeddingCall, type EmbeddingResult, type Json, type JsonObject } from '@anymodel/core'
import type { EmbeddingFormat, Target, WireRequest } from '../../protocol.ts'
import type { EmbeddingDialect } from './dialect.ts'

/** `/embeddings` in a service's dialect. */
export const embeddingFormat = (dialect: EmbeddingDialect): EmbeddingFormat => ({
  request: (call, target) => toEmbeddingRequest(call, target, dialect),
  result: toEmbeddings,
})

function toEmbeddingRequest(
  { values, dimensions }: EmbeddingCall,
  { provider, model }: Target,
  dialect: EmbeddingDialect,
): WireRequest {
  const body: JsonObject = {
    model,
    input: values,
    ...(dialect.base64 ? { encoding_format: 'base64' } : {}),
    ...(dialect.dimensions ? { [dialect.dimensions]: dimensions } : {}),
  }
  const dropped = dimensions !== undefined && !dialect.dimensions
  const message = `${provider}/${model} can't shorten its vectors: dimensions was left out.`
  return { path: '/embeddings', body, warnings: dropped ? [{ option: 'dimensions', message }] : [] }
}

interface EmbeddingBody {
  data?: { index?: number; embedding?: unknown }[] | null
  usage?: { prompt_tokens?: number | null; total_tokens?: number | null } | null
}

function toEmbeddings(value: unknown, { values }: EmbeddingCall): Omit<EmbeddingResult, 'warnings'> {
  const { data, usage } = (value ?? {}) as EmbeddingBody
  const vectors: Float32Array[] = []
  for (const [position, { index, embedding }] of (data ?? []).entries())
    if (embedding !== undefined) vectors[index ?? position] = toVector(embedding)
  const complete = values.every((_, index) => vectors[index] !== undefined)
  if (!complete || vectors.length !== values.length)
    throw new AnyModelError('malformed', `The answer does not have one vector for each of the ${values.length} values.`)
  return {
    embeddings: vectors,
    usage: usage
      ? {
          input: usage.prompt_tokens ?? undefined,
          total: usage.total_tokens ?? undefined,
          raw: usage as unknown as Json,
        }
      : {},
  }
}

/** Numbers, or little-endian 32-bit floats in base64. Throws `malformed` for anything else. */
function toVector(embedding: unknown): Float32Array {
  if (Array.isArray(embedding) && embedding.every((number) => typeof number === 'number'))
    return Float32Array.from(embedding as number[])
  const bytes = typeof embedding === 'string' ? Buffer.from(embedding, 'base64') : undefined
  if (!bytes || bytes.byteLength % 4 !== 0)
    throw new AnyModelError('malformed', 'The answer has a vector that is neither numbers nor base64 of 32-bit floats.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.byteLength >> 2 }, (_, at) => view.getFloat32(at * 4, true))
}
