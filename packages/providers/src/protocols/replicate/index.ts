import { type MarketplaceOptions, marketplaceModel, marketplaceVideos } from '../../media/marketplace.ts'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'
import { replicateModels } from './models.ts'

export interface PredictionOptions extends MarketplaceOptions {
  /**
   * Seconds, from 0 to 60, that the first request for pictures waits for them: a short job is answered by that one request, a longer one is looked at until it is done. Default 5.
   * A job that is given up while that request waits is not cancelled, since its id is not known yet: 0 asks for the id at once.
   */
  readonly wait?: number
}

/** Replicate's predictions. https://replicate.com/docs/reference/http */
export const replicateImages = (options: PredictionOptions): ImageProtocol => ({
  supports: (id) => marketplaceModel(id, replicateModels, options).supports,
  load: async () => (await import('./images.ts')).replicateDrawing(options),
})

/** Videos of the same service. */
export const replicateVideos: VideoProtocol = {
  supports: () => marketplaceVideos,
  cancels: true,
  load: async () => (await import('./videos.ts')).replicateFilming,
}
