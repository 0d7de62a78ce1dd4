import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { stabilityImages } from './protocols/stability/index.ts'

/** Stability AI: `core`, `ultra`, `sd3.5-large` and the like. Key: `STABILITY_API_KEY`. Styles go through `extra`. https://platform.stability.ai/docs/api-reference */
export const stability = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'stability',
    baseURL: 'https://api.stability.ai/v2beta',
    env: 'STABILITY_API_KEY',
    options,
  })
  return { image: (id: string) => imageModel(at, stabilityImages, id, options) }
}
