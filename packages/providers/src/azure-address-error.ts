import { AnyModelError } from '@anymodel/core'

export function noAddress(): never {
  throw new AnyModelError(
    'invalid-argument',
    'No address for azure. Set the environment variable AZURE_OPENAI_ENDPOINT, such as https://mine.openai.azure.com, or pass { endpoint } or { resource }.',
    { provider: 'azure' },
  )
}
