import type { CodeCall, Json, JsonObject } from '@anymodel/core'
import { promptText } from '@anymodel/core/verb'
import type { AnswerFormat, Target, WireRequest } from '../../protocol.ts'
import { ChatDecoder, errorCodes } from '../openai-chat/response.ts'
import type { FillDialect } from './dialect.ts'

/** `/completions` in a service's dialect. Answers come in the shape of completions or (Mistral) of Chat Completions: the decoder reads both. */
export const completionsFormat = (dialect: FillDialect): AnswerFormat<CodeCall> => ({
  request: (call, target) => toRequest(call, target, dialect),
  decoder: (context) => new ChatDecoder(context),
  errorCodes,
})

function toRequest(call: CodeCall, { model }: Target, dialect: FillDialect): WireRequest {
  const { knobs, streamUsage, path } = dialect
  const tuning: Record<string, Json | undefined> = {}
  for (const knob of ['temperature', 'topP', 'seed', 'stop'] as const) {
    const field = knobs[knob]
    if (field !== undefined) tuning[field] = call[knob]
  }
  const body: JsonObject = {
    model,
    ...(dialect.input === 'prompt'
      ? { prompt: call.prompt ? promptText(call.prompt) : call.prefix }
      : { prompt: call.prefix, ...(call.suffix === '' ? {} : { suffix: call.suffix }) }),
    max_tokens: call.maxTokens,
    ...tuning,
    stream: true,
    ...(streamUsage ? { stream_options: { include_usage: true } } : {}),
  }
  return { path, body, warnings: [] }
}
