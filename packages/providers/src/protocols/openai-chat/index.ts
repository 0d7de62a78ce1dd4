import type { TextProtocol } from '../../protocol.ts'
import { type ChatDialect, commonKnobs, compatibleDialect } from './dialect.ts'
import { toRequest } from './request.ts'
import { ChatDecoder } from './response.ts'

export { type ChatDialect, compatibleDialect, openaiDialect } from './dialect.ts'

/** OpenAI Chat Completions, in a service's dialect. */
export function openaiChat(differences: Partial<ChatDialect> = {}): TextProtocol {
  const dialect = { ...compatibleDialect, ...differences }
  return {
    supports: () => ({
      tools: true,
      output: dialect.output,
      files: ['image/*', 'audio/*', 'application/pdf'],
      fileUrls: ['image/*'],
      knobs: [...commonKnobs, ...dialect.knobs],
    }),
    request: (call, target) => toRequest(call, target, dialect),
    decoder: (context) => new ChatDecoder(context),
  }
}
