import { endpoint, type ProviderOptions } from './endpoint.ts'
import { embeddingModel, textModel } from './model.ts'
import { commonKnobs, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'

/** Together. Key: `TOGETHER_API_KEY`. https://docs.together.ai/reference */
export const together = (options: ProviderOptions = {}) => {
  const at = endpoint({
    provider: 'together',
    baseURL: 'https://api.together.xyz/v1',
    env: 'TOGETHER_API_KEY',
    options,
  })
  const chat = openaiChat({
    knobs: {
      ...commonKnobs,
      topK: 'top_k',
      minP: 'min_p',
      repetitionPenalty: 'repetition_penalty',
      logitBias: 'logit_bias',
      reasoning: 'reasoning_effort',
    },
    files: ['image/*'],
  })
  const embeddings = openaiEmbeddings({ base64: false })
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
  }
}
