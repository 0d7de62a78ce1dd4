import type { Knob } from '@anymodel/core'
import type { EmbeddingProtocol, TextProtocol } from '../../protocol.ts'
import { knobsOf, ruleOf } from '../model-rules.ts'
import { type ChatDialect, compatibleDialect, type EmbeddingDialect } from './dialect.ts'
import { toRequest } from './request.ts'
import { ChatDecoder, errorCodes } from './response.ts'

export type { ModelRule, WireEffort } from '../model-rules.ts'
export {
  type ChatDialect,
  commonKnobs,
  compatibleDialect,
  type EmbeddingDialect,
  openaiDialect,
  type ReasoningForm,
} from './dialect.ts'

/** What services fetch by themselves, by how they want documents. */
const byUrl = { file: ['image/*'], document_url: ['image/*', 'application/pdf'] } as const

/** OpenAI Chat Completions, in a service's dialect. */
export function openaiChat(differences: Partial<ChatDialect> = {}): TextProtocol {
  const dialect = { ...compatibleDialect, ...differences }
  const knobs: readonly Knob[] = ['maxTokens', ...(Object.keys(dialect.knobs) as Knob[])]
  return {
    supports: (model) => ({
      tools: true,
      output: dialect.output,
      files: dialect.files,
      fileUrls: byUrl[dialect.documents].filter((type) => dialect.files.includes(type)),
      knobs: knobsOf(knobs, ruleOf(dialect.models, model)),
    }),
    schemas: 'openai',
    request: (call, target) => toRequest(call, target, dialect),
    decoder: (context) => new ChatDecoder(context),
    errorCodes,
  }
}

/** The `/embeddings` of OpenAI and of the services that follow it. https://platform.openai.com/docs/api-reference/embeddings */
export const openaiEmbeddings = (dialect: EmbeddingDialect): EmbeddingProtocol => ({
  ...(dialect.maxBatch === undefined ? {} : { maxBatch: dialect.maxBatch }),
  load: async () => (await import('./embedding.ts')).embeddingFormat(dialect),
})
