import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { lumaImages } from './protocols/luma/index.ts'

/** Luma: pictures of `photon-1` and `photon-flash-1`. Key: `LUMAAI_API_KEY`. References go through `extra`. https://docs.lumalabs.ai */
export const luma = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'luma',
    baseURL: 'https://api.lumalabs.ai/dream-machine/v1',
    env: 'LUMAAI_API_KEY',
    options,
  })
  return { image: (id: string) => imageModel(at, lumaImages, id, options) }
}
