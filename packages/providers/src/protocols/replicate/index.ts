import type { ImageSupport, VideoSupport } from '@anymodel/core'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'

/** What the models of Replicate have in common; each has its own names, which `extra: { input: { ... } }` reaches. */
const supports: ImageSupport = {
  maxCount: 4,
  images: 1,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'format', 'strength'],
}

/** Replicate's predictions. https://replicate.com/docs/reference/http */
export const replicateImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).replicateDrawing,
}

const films: VideoSupport = {
  firstFrame: true,
  lastFrame: true,
  references: 4,
  webhook: true,
  knobs: ['size', 'aspectRatio', 'resolution', 'seconds', 'seed', 'negativePrompt', 'audio'],
}

/** Videos of the same service. */
export const replicateVideos: VideoProtocol = {
  supports: () => films,
  cancels: true,
  load: async () => (await import('./videos.ts')).replicateFilming,
}
