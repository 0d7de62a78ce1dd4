import type { ImageSupport, VideoSupport } from '@anymodel/core'

/** What most models of pictures have in common at services that run those of many makers. */
export const marketplaceImages: ImageSupport = {
  maxCount: 4,
  images: 1,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'format', 'strength'],
}

/** The same for videos. */
export const marketplaceVideos: VideoSupport = {
  firstFrame: true,
  lastFrame: true,
  references: 4,
  webhook: true,
  knobs: ['size', 'aspectRatio', 'resolution', 'seconds', 'seed', 'negativePrompt', 'audio'],
}
