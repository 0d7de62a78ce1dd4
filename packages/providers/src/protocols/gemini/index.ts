import type { Knob, TextSupport } from '@anymodel/core'
import type { EmbeddingProtocol, TextProtocol } from '../../protocol.ts'
import { files } from './contents.ts'
import { type GeminiDialect, type GeminiEmbeddingRule, geminiDialect, ruleFor } from './dialect.ts'
import { toRequest } from './request.ts'
import { GeminiDecoder } from './response.ts'

export {
  type GeminiDialect,
  type GeminiEmbeddingRule,
  type GeminiRule,
  geminiDialect,
  type ThinkingBudget,
} from './dialect.ts'

const knobs: readonly Knob[] = ['maxTokens', 'stop', 'seed', 'presencePenalty', 'frequencyPenalty', 'logprobs']

/** Gemini `generateContent` and `streamGenerateContent`, in a service's dialect. */
export function gemini(differences: Partial<GeminiDialect> = {}): TextProtocol {
  const dialect = { ...geminiDialect, ...differences }
  return {
    supports: (model) => toSupport(dialect, model),
    schemas: 'gemini',
    request: (call, target) => toRequest(call, target, dialect),
    decoder: (context) => new GeminiDecoder(context),
  }
}

function toSupport(dialect: GeminiDialect, model: string): TextSupport {
  const { levels, budget, sampling } = ruleFor(dialect, model)
  return {
    tools: true,
    output: ['native', 'json', 'tool', 'prompt'],
    files,
    fileUrls: files,
    knobs: [
      ...knobs,
      ...(sampling ? (['temperature', 'topP', 'topK'] as const) : []),
      ...(levels || budget ? (['reasoning'] as const) : []),
    ],
  }
}

/** Gemini `batchEmbedContents`. https://ai.google.dev/api/embeddings */
export const geminiEmbeddings = (models: readonly GeminiEmbeddingRule[] = []): EmbeddingProtocol => ({
  maxBatch: 100,
  load: async () => (await import('./embedding.ts')).embeddingFormat(models),
})
