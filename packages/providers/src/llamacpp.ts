import { endpoint, type ProviderOptions } from './endpoint.ts'
import { codeModel, embeddingModel, textModel } from './model.ts'
import { infill } from './protocols/fill/index.ts'
import { commonKnobs, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'

/** llama.cpp's server. No key unless it was started with one. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export const llamacpp = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'llamacpp', baseURL: 'http://localhost:8080/v1', options })
  const chat = openaiChat({
    knobs: {
      ...commonKnobs,
      topK: 'top_k',
      minP: 'min_p',
      repetitionPenalty: 'repeat_penalty',
      logitBias: 'logit_bias',
      logprobs: 'logprobs',
      parallelToolCalls: 'parallel_tool_calls',
    },
    files: ['image/*', 'audio/*'],
  })
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  // What llama.cpp has for itself is not under /v1.
  const root = { ...at, baseURL: at.baseURL.replace(/\/v1$/, '') }
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    code: (id: string) => codeModel(root, infill, id),
  }
}
