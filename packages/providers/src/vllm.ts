import { endpoint, type ProviderOptions } from './endpoint.ts'
import { codeModel, embeddingModel, textModel } from './model.ts'
import { completionsFill } from './protocols/fill/index.ts'
import { commonKnobs, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'

/** vLLM's server. No key unless it was started with one. https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const vllm = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'vllm', baseURL: 'http://localhost:8000/v1', options })
  const chat = openaiChat({
    knobs: {
      ...commonKnobs,
      topK: 'top_k',
      minP: 'min_p',
      repetitionPenalty: 'repetition_penalty',
      logitBias: 'logit_bias',
      logprobs: 'logprobs',
      reasoning: 'reasoning_effort',
      parallelToolCalls: 'parallel_tool_calls',
    },
    files: ['image/*', 'audio/*'],
  })
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  // vLLM has no field for a suffix: the model's family has to be known.
  const fill = completionsFill({ input: 'prompt' })
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    code: (id: string) => codeModel(at, fill, id),
  }
}
