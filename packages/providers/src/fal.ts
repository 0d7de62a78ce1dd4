import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel, videoModel } from './model.ts'
import { falImages, falVideos } from './protocols/fal/index.ts'

/** fal: `fal-ai/flux/dev` and the like, through its queue. Key: `FAL_KEY`. A model's own inputs go through `extra`. https://docs.fal.ai */
export const fal = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'fal',
    baseURL: 'https://queue.fal.run',
    env: 'FAL_KEY',
    options,
    credential: (key) => ({ authorization: `Key ${key}` }),
  })
  return {
    image: (id: string) => imageModel(at, falImages, id, options),
    video: (id: string) => videoModel(at, falVideos, id, options),
  }
}
