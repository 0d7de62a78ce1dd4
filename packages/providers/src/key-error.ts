import { AnyModelError } from '@anymodel/core'

export const noKey = (provider: string, variables: readonly string[]): AnyModelError =>
  new AnyModelError(
    'auth',
    `No API key for ${provider}. Set the environment variable ${variables.join(' or ')}, or pass { apiKey }.`,
    { provider, retryable: false },
  )

export const unusableKey = (provider: string): AnyModelError =>
  new AnyModelError(
    'auth',
    `The API key for ${provider} contains characters that no key has (spaces or line breaks). Check how it was set.`,
    { provider },
  )
