import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { type ImagesDialect, openaiImages } from './protocols/openai-images/index.ts'

const pictures: ImagesDialect = {
  models: [
    {
      match: /./,
      supports: { maxCount: 6, knobs: ['size', 'aspectRatio', 'negativePrompt'] },
      fields: { response_format: 'b64_json' },
    },
  ],
}

/** Recraft. Key: `RECRAFT_API_TOKEN`. Styles and colours go through `extra`. https://www.recraft.ai/docs */
export const recraft = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'recraft',
    baseURL: 'https://external.api.recraft.ai/v1',
    env: 'RECRAFT_API_TOKEN',
    options,
  })
  return { image: (id: string) => imageModel(at, openaiImages(pictures), id, options) }
}
