import { marketplaceImages, marketplaceVideos } from '../../media/marketplace.ts'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'

/** Replicate's predictions. `wait`: seconds that the first request may take. https://replicate.com/docs/reference/http */
export const replicateImages = (wait: number): ImageProtocol => ({
  supports: () => marketplaceImages,
  load: async () => (await import('./images.ts')).replicateDrawing(wait),
})

/** Videos of the same service. */
export const replicateVideos: VideoProtocol = {
  supports: () => marketplaceVideos,
  cancels: true,
  load: async () => (await import('./videos.ts')).replicateFilming,
}
