import { endpoint, type ProviderOptions } from './endpoint.ts'
import { codeModel, embeddingModel, textModel } from './model.ts'
import { completionsFill } from './protocols/fill/index.ts'
import { commonKnobs, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'

/** Ollama on this machine, or wherever `baseURL` says. No key. https://docs.ollama.com/api/openai-compatibility */
export const ollama = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'ollama', baseURL: 'http://localhost:11434/v1', options })
  const chat = openaiChat({
    knobs: {
      ...commonKnobs,
      reasoning: 'reasoning_effort',
    },
    files: ['image/*'],
  })
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  const fill = completionsFill()
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    code: (id: string) => codeModel(at, fill, id),
  }
}
