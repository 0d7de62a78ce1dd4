import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel, videoModel } from './model.ts'
import { replicateImages, replicateVideos } from './protocols/replicate/index.ts'

/** Replicate: `owner/name`, `owner/name:version`. Key: `REPLICATE_API_TOKEN`. A model's own inputs go through `extra: { input: { ... } }`. https://replicate.com/docs/reference/http */
export const replicate = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'replicate',
    baseURL: 'https://api.replicate.com/v1',
    env: 'REPLICATE_API_TOKEN',
    options,
  })
  return {
    image: (id: string) => imageModel(at, replicateImages, id, options),
    video: (id: string) => videoModel(at, replicateVideos, id, options),
  }
}
