import type { ErrorCode } from '@anymodel/core'

/** `err_code` of its errors. https://developers.deepgram.com/docs/errors */
export const errorCodes: Readonly<Record<string, ErrorCode>> = {
  INVALID_AUTH: 'auth',
  INSUFFICIENT_PERMISSIONS: 'auth',
  ASR_PAYMENT_REQUIRED: 'quota',
  TOO_MANY_REQUESTS: 'rate-limit',
  PROJECT_NOT_FOUND: 'not-found',
}
