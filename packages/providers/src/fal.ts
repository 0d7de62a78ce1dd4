import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import type { MarketplaceOptions } from './media/marketplace.ts'
import { imageModel, videoModel } from './model.ts'
import { falImages, falVideos } from './protocols/fal/index.ts'

/** fal: `fal-ai/flux/dev` and the like, through its queue. Key: `FAL_KEY`. A model's own inputs go through `extra`; how it calls pictures, masks and factors is said in `models` where it is not known. https://docs.fal.ai */
export const fal = (options: ProviderOptions & MediaOptions & MarketplaceOptions = {}) => {
  const at = endpoint({
    provider: 'fal',
    baseURL: 'https://queue.fal.run',
    env: 'FAL_KEY',
    options,
    credential: (key) => ({ authorization: `Key ${key}` }),
  })
  return {
    image: (id: string) => imageModel(at, falImages(options), id, options),
    video: (id: string) => videoModel(at, falVideos, id, options),
  }
}
