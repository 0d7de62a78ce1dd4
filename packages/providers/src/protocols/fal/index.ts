import type { ImageSupport, VideoSupport } from '@anymodel/core'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'

/** What most models at fal have; each has its own names, which `extra` reaches. */
const supports: ImageSupport = {
  maxCount: 4,
  images: 1,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'format', 'strength'],
}

/** fal's queue. https://docs.fal.ai/model-endpoints/queue */
export const falImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).falDrawing,
}

const films: VideoSupport = {
  firstFrame: true,
  lastFrame: true,
  references: 4,
  webhook: true,
  knobs: ['size', 'aspectRatio', 'resolution', 'seconds', 'seed', 'negativePrompt', 'audio'],
}

/** Videos of the same service. */
export const falVideos: VideoProtocol = {
  supports: () => films,
  cancels: true,
  load: async () => (await import('./videos.ts')).falFilming,
}
