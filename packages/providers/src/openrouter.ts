import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { embeddingModel, textModel, videoModel } from './model.ts'
import { type ModelRule, openaiChat, openaiDialect, openaiEmbeddings } from './protocols/openai-chat/index.ts'
import { openrouterVideos } from './protocols/openai-videos/index.ts'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const
const models: readonly ModelRule[] = [
  { match: /^(?:anthropic|google|qwen)\//, efforts, cache: 'cache_control' },
  { match: /^openai\/gpt-(?:5\.[6-9]|[6-9])/, efforts, cache: 'prompt_cache_breakpoint' },
  { match: /./, efforts },
]

/** OpenRouter. Key: `OPENROUTER_API_KEY`. Routing (`provider`, `models`, `plugins`) goes through `extra`. https://openrouter.ai/docs/api-reference */
export const openrouter = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'openrouter',
    baseURL: 'https://openrouter.ai/api/v1',
    env: 'OPENROUTER_API_KEY',
    options,
  })
  const chat = openaiChat({
    knobs: {
      ...openaiDialect.knobs,
      topK: 'top_k',
      minP: 'min_p',
      repetitionPenalty: 'repetition_penalty',
      reasoning: 'reasoning',
    },
    replay: 'reasoning_details',
    models,
  })
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    video: (id: string) => videoModel(at, openrouterVideos, id, options),
  }
}
