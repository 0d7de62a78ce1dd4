import type { ErrorCode } from '@anymodel/core'

/** `detail.status` of its errors. https://elevenlabs.io/docs/developers/resources/error-messages */
export const errorCodes: Readonly<Record<string, ErrorCode>> = {
  invalid_api_key: 'auth',
  needs_authorization: 'auth',
  quota_exceeded: 'quota',
  too_many_concurrent_requests: 'rate-limit',
  system_busy: 'rate-limit',
  voice_not_found: 'not-found',
  model_not_found: 'not-found',
  max_character_limit_exceeded: 'context-length',
  text_too_long: 'context-length',
}
