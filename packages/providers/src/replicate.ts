import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel, videoModel } from './model.ts'
import { type PredictionOptions, replicateImages, replicateVideos } from './protocols/replicate/index.ts'

export interface ReplicateOptions extends ProviderOptions, MediaOptions, PredictionOptions {}

/** Replicate: `owner/name`, `owner/name:version`, `deployments/owner/name`. Key: `REPLICATE_API_TOKEN`. A model's own inputs go through `extra: { input: { ... } }`; how it calls pictures, masks and factors is said in `models` where it is not known. https://replicate.com/docs/reference/http */
export const replicate = (options: ReplicateOptions = {}) => {
  const at = endpoint({
    provider: 'replicate',
    baseURL: 'https://api.replicate.com/v1',
    env: 'REPLICATE_API_TOKEN',
    options,
  })
  return {
    image: (id: string) => imageModel(at, replicateImages(options), id, options),
    video: (id: string) => videoModel(at, replicateVideos, id, options),
  }
}
