import type { Json, JsonObject } from '@anymodel/core'
import type { EmbeddingWire } from './embedding-wire.ts'
import { openaiChatWire } from './openai-chat.ts'

/** OpenAI's `/embeddings`, which many services speak. Vectors come last first: `index` says where they belong. https://platform.openai.com/docs/api-reference/embeddings */
export const openaiEmbeddingsWire: EmbeddingWire = {
  name: 'openai-embeddings',
  serves: (path) => path.endsWith('/embeddings'),
  refuse,
  values: ({ input }) => (Array.isArray(input) ? input : [input]) as string[],
  // Mistral and Voyage call it output_dimension.
  dimensions: ({ dimensions, output_dimension }) => (dimensions ?? output_dimension) as number | undefined,
  answer: (vectors, { encoding_format }, tokens): Json => ({
    object: 'list',
    model: 'served-model',
    data: vectors
      .map(
        (vector, index): Json => ({
          object: 'embedding',
          index,
          embedding: encoding_format === 'base64' ? toBase64(vector) : [...vector],
        }),
      )
      .reverse(),
    ...(tokens === undefined ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }),
  error: openaiChatWire.error,
  codes: openaiChatWire.codes,
}

function refuse({ model, input, encoding_format = 'float' }: JsonObject): string | undefined {
  if (typeof model !== 'string') return 'model must be a text'
  const texts = Array.isArray(input) ? input : [input]
  if (texts.length === 0 || texts.length > 2_048) return 'input must have 1 to 2048 texts'
  if (texts.some((text) => typeof text !== 'string' || text === '')) return 'input must not have empty texts'
  return ['float', 'base64'].includes(String(encoding_format)) ? undefined : 'encoding_format'
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(4 * vector.length)
  for (const [at, number] of vector.entries()) bytes.writeFloatLE(number, 4 * at)
  return bytes.toString('base64')
}
