import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel, textModel, videoModel } from './model.ts'
import { type ModelRule, openaiChat } from './protocols/openai-chat/index.ts'
import { type ImagesDialect, openaiImages } from './protocols/openai-images/index.ts'
import { openaiResponses } from './protocols/openai-responses/index.ts'
import { xaiVideos } from './protocols/xai-videos/index.ts'

const models: readonly ModelRule[] = [
  { match: /^grok-3-mini/, efforts: ['low', 'high'] },
  { match: /^grok-(?:3|4-|4$|4\.[12]|code)/, efforts: [] },
  { match: /./, efforts: ['none', 'low', 'medium', 'high'] },
]

/** https://docs.x.ai/docs/guides/image-generations */
const pictures: ImagesDialect = {
  models: [
    {
      match: /./,
      supports: { maxCount: 10, images: 3, knobs: ['aspectRatio'] },
      fields: { response_format: 'b64_json' },
    },
  ],
  names: { aspectRatio: 'aspect_ratio' },
  inputs: 'json-edits',
}

/** xAI. Key: `XAI_API_KEY`. `text` speaks Responses, `chat` speaks Chat Completions. https://docs.x.ai/developers/rest-api-reference */
export const xai = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({ provider: 'xai', baseURL: 'https://api.x.ai/v1', env: 'XAI_API_KEY', options })
  const responses = openaiResponses({ models, encryptedReasoning: 'always', include: {}, customTools: 'service' })
  const chat = openaiChat({
    maxTokens: 'max_completion_tokens',
    knobs: {
      temperature: 'temperature',
      topP: 'top_p',
      seed: 'seed',
      logprobs: 'logprobs',
      reasoning: 'reasoning_effort',
      parallelToolCalls: 'parallel_tool_calls',
    },
    files: ['image/*'],
    models,
  })
  return {
    text: (id: string) => textModel(at, responses, id),
    chat: (id: string) => textModel(at, chat, id),
    image: (id: string) => imageModel(at, openaiImages(pictures), id, options),
    video: (id: string) => videoModel(at, xaiVideos, id, options),
  }
}
