import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel, videoModel } from './model.ts'
import { lumaImages, lumaVideos } from './protocols/luma/index.ts'

/** Luma: pictures of `photon-1` and `photon-flash-1`, videos of `ray-2` and `ray-flash-2`. Key: `LUMAAI_API_KEY`. References and keyframes, which are links, go through `extra`. https://docs.lumalabs.ai */
export const luma = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'luma',
    baseURL: 'https://api.lumalabs.ai/dream-machine/v1',
    env: 'LUMAAI_API_KEY',
    options,
  })
  return {
    image: (id: string) => imageModel(at, lumaImages, id, options),
    video: (id: string) => videoModel(at, lumaVideos, id, options),
  }
}
