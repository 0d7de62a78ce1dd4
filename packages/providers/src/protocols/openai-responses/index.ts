import type { TextProtocol } from '../../protocol.ts'
import { knobsOf, ruleOf } from '../model-rules.ts'
import { type ResponsesDialect, responsesDialect } from './dialect.ts'
import { toRequest } from './request.ts'
import { ResponsesDecoder } from './response.ts'

export type { ModelRule, WireEffort } from '../model-rules.ts'
export { type ResponsesDialect, responsesDialect } from './dialect.ts'

/** OpenAI Responses, in a service's dialect. Stateless: answers are not stored at the service (`extra: { store: true }` changes that). */
export function openaiResponses(differences: Partial<ResponsesDialect> = {}): TextProtocol {
  const dialect = { ...responsesDialect, ...differences }
  return {
    supports: (model) => ({
      tools: true,
      output: ['native', 'tool', 'json', 'prompt'],
      files: dialect.files,
      fileUrls: ['image/*', 'application/pdf'],
      knobs: knobsOf(dialect.knobs, ruleOf(dialect.models, model)),
    }),
    schemas: 'openai',
    request: (call, target) => toRequest(call, target, dialect),
    decoder: (context) => new ResponsesDecoder(context, dialect),
    errorCodes: { bio_policy: 'content-filter', misalignment_policy_violation: 'content-filter' },
  }
}
