import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel, videoModel } from './model.ts'
import { replicateImages, replicateVideos } from './protocols/replicate/index.ts'

export interface ReplicateOptions extends ProviderOptions, MediaOptions {
  /**
   * Seconds, from 0 to 60, that the first request for pictures waits for them: a short job is answered by that one request, a longer one is looked at until it is done. Default 5.
   * A job that is given up while that request waits is not cancelled, since its id is not known yet: 0 asks for the id at once.
   */
  readonly wait?: number
}

/** Replicate: `owner/name`, `owner/name:version`. Key: `REPLICATE_API_TOKEN`. A model's own inputs go through `extra: { input: { ... } }`. https://replicate.com/docs/reference/http */
export const replicate = (options: ReplicateOptions = {}) => {
  const at = endpoint({
    provider: 'replicate',
    baseURL: 'https://api.replicate.com/v1',
    env: 'REPLICATE_API_TOKEN',
    options,
  })
  return {
    image: (id: string) => imageModel(at, replicateImages(options.wait ?? 5), id, options),
    video: (id: string) => videoModel(at, replicateVideos, id, options),
  }
}
