import { marketplaceImages, marketplaceVideos } from '../../media/marketplace.ts'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'

/** fal's queue. https://docs.fal.ai/model-endpoints/queue */
export const falImages: ImageProtocol = {
  supports: () => marketplaceImages,
  load: async () => (await import('./images.ts')).falDrawing,
}

/** Videos of the same service. */
export const falVideos: VideoProtocol = {
  supports: () => marketplaceVideos,
  cancels: true,
  load: async () => (await import('./videos.ts')).falFilming,
}
