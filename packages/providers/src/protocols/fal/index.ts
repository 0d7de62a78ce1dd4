import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

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
