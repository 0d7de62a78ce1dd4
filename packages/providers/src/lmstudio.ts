import { endpoint, type ProviderOptions } from './endpoint.ts'
import { embeddingModel, textModel } from './model.ts'
import { commonKnobs, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'

/** LM Studio's local server. No key. https://lmstudio.ai/docs/developer/openai-compat */
export const lmstudio = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'lmstudio', baseURL: 'http://localhost:1234/v1', options })
  const chat = openaiChat({
    knobs: {
      ...commonKnobs,
      topK: 'top_k',
      minP: 'min_p',
      repetitionPenalty: 'repeat_penalty',
      logitBias: 'logit_bias',
      reasoning: 'reasoning_effort',
    },
    files: ['image/*'],
  })
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
  }
}
