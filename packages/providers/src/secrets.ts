import { AnyModelError, type ErrorInfo } from '@anymodel/core'

const credentials = [
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-key',
  'xi-api-key',
  'mj-api-secret',
  'ocp-apim-subscription-key',
]

const secretsOf = (value: string): string[] => {
  const [, scheme = '', secret = value] = /^(bearer|basic|key|token) (.*)$/i.exec(value) ?? []
  return scheme.toLowerCase() === 'basic' ? [secret, Buffer.from(secret, 'base64').toString()] : [secret]
}

/** The credentials among request headers. */
export const secretsIn = (headers: Readonly<Record<string, string>>): string[] =>
  credentials.flatMap((name) => secretsOf(headers[name] ?? '')).filter((secret) => secret.length >= 8)

/** The error without these very texts in its message: services repeat keys, and not every key looks like one. */
export function withoutSecrets(error: AnyModelError, secrets: readonly string[]): AnyModelError {
  const message = secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), error.message)
  return message === error.message ? error : new AnyModelError(error.code, message, { ...(error as ErrorInfo) })
}
