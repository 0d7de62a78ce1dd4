import type { Json, JsonObject } from '@anymodel/core'
import type { EmbeddingWire } from './embedding-wire.ts'
import { geminiWire } from './gemini.ts'
import { objects } from './wire.ts'

/** Gemini's `batchEmbedContents`. https://ai.google.dev/api/embeddings */
export const geminiEmbeddingsWire: EmbeddingWire = {
  name: 'gemini-embeddings',
  serves: (path) => path.endsWith(':batchEmbedContents'),
  refuse,
  values: ({ requests }) => objects(requests).map(textOf),
  dimensions: ({ requests }) => objects(requests)[0]?.outputDimensionality as number | undefined,
  answer: (vectors, _body, tokens): Json => ({
    embeddings: vectors.map((vector): Json => ({ values: [...vector] })),
    ...(tokens === undefined ? {} : { usageMetadata: { promptTokenCount: tokens } }),
  }),
  error: geminiWire.error,
  codes: geminiWire.codes,
}

function textOf({ content }: Record<string, unknown>): string {
  const parts = objects((content as { parts?: unknown } | undefined)?.parts)
  return parts.map(({ text }) => String(text)).join('')
}

function refuse({ requests }: JsonObject): string | undefined {
  const all = objects(requests)
  if (all.length === 0 || all.length > 100) return 'at most 100 requests can be in one batch, and at least 1'
  if (all.some(({ model }) => !String(model).startsWith('models/'))) return 'requests[].model must be models/...'
  return all.some((request) => textOf(request) === '') ? 'content must not be empty' : undefined
}
