import type { Knob, TextSupport } from '@anymodel/core'
import type { TextProtocol } from '../../protocol.ts'
import { type MessagesDialect, messagesDialect, ruleFor } from './dialect.ts'
import { files } from './messages.ts'
import { toRequest } from './request.ts'
import { MessagesDecoder } from './response.ts'

export { type ApiVersion, type ClaudeRule, type MessagesDialect, messagesDialect } from './dialect.ts'

/** Anthropic Messages, in a service's dialect. */
export function anthropicMessages(differences: Partial<MessagesDialect> = {}): TextProtocol {
  const dialect = { ...messagesDialect, ...differences }
  return {
    supports: (model) => toSupport(dialect, model),
    schemas: 'anthropic',
    request: (call, target) => toRequest(call, target, dialect),
    decoder: (context) => new MessagesDecoder(context),
    errorCodes: { conflict_error: 'server' },
  }
}

function toSupport(dialect: MessagesDialect, model: string): TextSupport {
  const { version, thinking, sampling, features } = ruleFor(dialect, model)
  const samples = sampling !== 'none' && (dialect.version ?? version) === '2023-06-01'
  const knobs: Knob[] = ['maxTokens', 'stop', 'parallelToolCalls']
  if (samples) knobs.push('temperature', 'topP', 'topK')
  if (thinking) knobs.push('reasoning')
  return {
    tools: true,
    output: [
      ...(features.includes('schemas') ? (['native'] as const) : []),
      ...(features.includes('forced-tools') ? (['tool'] as const) : []),
      'prompt',
    ],
    files,
    fileUrls: files.filter((type) => type !== 'text/*'),
    prefill: features.includes('prefill'),
    knobs,
  }
}
