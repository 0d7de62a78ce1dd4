import { anthropicModels } from './anthropic-models.ts'
import { endpoint, type ProviderOptions } from './endpoint.ts'
import { textModel } from './model.ts'
import { type ApiVersion, anthropicMessages } from './protocols/anthropic-messages/index.ts'

/** Options of `anthropic`. */
export interface AnthropicOptions extends ProviderOptions {
  /**
   * Version of the API. Default: the newest that the model takes; models that take sampling options (`temperature`, `topP`, `topK`) are asked in `2023-06-01`, since the newer one rejects those.
   */
  readonly version?: ApiVersion
}

/** Anthropic. https://platform.claude.com/docs/en/api/messages */
export const anthropic = (options: AnthropicOptions = {}) => {
  const at = endpoint({
    provider: 'anthropic',
    baseURL: 'https://api.anthropic.com/v1',
    env: 'ANTHROPIC_API_KEY',
    options,
    credential: (key) => ({ 'x-api-key': key }),
  })
  const protocol = anthropicMessages({ models: anthropicModels, version: options.version })
  return { text: (id: string) => textModel(at, protocol, id) }
}
