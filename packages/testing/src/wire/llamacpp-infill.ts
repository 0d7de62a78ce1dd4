import type { Json } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { type FillWire, fillReasons, needsTexts, textsOf } from './fill-wire.ts'
import { jsonEvent, type ServiceError } from './wire.ts'

const codes = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'server_error',
}

/** `/infill` of llama.cpp's server. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export const llamacppInfillWire: FillWire = {
  name: 'llamacpp-infill',
  serves: (path) => path.endsWith('/infill'),
  wantsStream: (body) => body.stream === true,
  refuse: (body) => needsTexts(body, 'input_prefix', 'input_suffix'),
  gap: ({ input_prefix, input_suffix }) => ({ prefix: String(input_prefix), suffix: String(input_suffix) }),
  events: (script) => [
    ...textsOf(script).map((content) => jsonEvent({ index: 0, content, stop: false })),
    jsonEvent({ index: 0, content: '', ...ending(script) }, undefined, true),
  ],
  whole: (script) => ({ index: 0, content: textsOf(script).join(''), ...ending(script) }) as Json,
  error,
  errorEvent: (fault) => jsonEvent(error(fault)),
  reasons: fillReasons,
  codes,
}

const stopTypes: Readonly<Record<string, string>> = { stop: 'eos', length: 'limit' }

const ending = ({ reason, usage, response }: Script) => ({
  stop: true,
  stop_type: response.rawReason ?? stopTypes[reason] ?? 'none',
  model: response.model ?? 'served-model',
  ...(usage ? { tokens_evaluated: usage.input, tokens_predicted: usage.output } : {}),
})

function error({ status, message, code }: Required<ServiceError>): Json {
  return { error: { code: status, message, type: code } }
}
