import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { embeddingModel, imageModel, textModel, videoModel } from './model.ts'
import { commonKnobs, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'
import { type ImagesDialect, openaiImages } from './protocols/openai-images/index.ts'
import { togetherVideos } from './protocols/openai-videos/index.ts'

/** https://docs.together.ai/reference/post-images-generations */
const pictures: ImagesDialect = {
  models: [
    {
      match: /./,
      supports: {
        maxCount: 4,
        images: 8,
        knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'format'],
      },
      fields: { response_format: 'base64' },
    },
  ],
  size: 'width-height',
  inputs: 'image_url',
}

/** Together. Key: `TOGETHER_API_KEY`. https://docs.together.ai/reference */
export const together = (options: ProviderOptions & MediaOptions = {}) => {
  const place = (baseURL: string) => endpoint({ provider: 'together', baseURL, env: 'TOGETHER_API_KEY', options })
  const at = place('https://api.together.xyz/v1')
  const films = place('https://api.together.ai/v2')
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
    image: (id: string) => imageModel(at, openaiImages(pictures), id, options),
    video: (id: string) => videoModel(films, togetherVideos, id, options),
  }
}
