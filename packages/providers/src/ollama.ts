import { endpoint, type ProviderOptions } from './endpoint.ts'
import { codeModel, embeddingModel, textModel } from './model.ts'
import { completionsFill } from './protocols/fill/index.ts'
import { ollamaChat } from './protocols/ollama-chat/index.ts'
import { openaiEmbeddings } from './protocols/openai-chat/index.ts'

/**
 * Ollama on this machine, or wherever `baseURL` says (with or without `/v1`). No key on your own machine; `OLLAMA_API_KEY` for its cloud goes in as `apiKey`. Text goes through Ollama's own `/api/chat`; its Chat Completions are a matter of `openaiCompatible`.
 *
 * Ollama cuts prompts that are longer than its window, 4,096 tokens by default, in silence: `extra: { options: { num_ctx: 32768 } }` widens it. https://docs.ollama.com/api
 */
export const ollama = (options: ProviderOptions = {}) => {
  const given = endpoint({ provider: 'ollama', baseURL: 'http://localhost:11434', options })
  const root = given.baseURL.replace(/\/(?:v1|api)$/, '')
  const own = { ...given, baseURL: root }
  const at = { ...given, baseURL: `${root}/v1` }
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  const fill = completionsFill()
  return {
    text: (id: string) => textModel(own, ollamaChat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    code: (id: string) => codeModel(at, fill, id),
  }
}
