import { type MarketplaceOptions, marketplaceModel, marketplaceVideos } from '../../media/marketplace.ts'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'
import { falModels } from './models.ts'

/** fal's queue. https://docs.fal.ai/model-endpoints/queue */
export const falImages = (options: MarketplaceOptions): ImageProtocol => ({
  supports: (id) => marketplaceModel(id, falModels, options).supports,
  load: async () => (await import('./images.ts')).falDrawing(options),
})

/** Videos of the same service. */
export const falVideos: VideoProtocol = {
  supports: () => marketplaceVideos,
  cancels: true,
  load: async () => (await import('./videos.ts')).falFilming,
}
