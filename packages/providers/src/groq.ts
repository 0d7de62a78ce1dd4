import { endpoint, type ProviderOptions } from './endpoint.ts'
import { textModel } from './model.ts'
import { openaiChat } from './protocols/openai-chat/index.ts'

/** Groq. https://console.groq.com/docs/api-reference */
export const groq = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'groq', baseURL: 'https://api.groq.com/openai/v1', env: 'GROQ_API_KEY', options })
  const protocol = openaiChat({ maxTokens: 'max_completion_tokens', knobs: ['reasoning', 'parallelToolCalls'] })
  return { text: (id: string) => textModel(at, protocol, id) }
}
