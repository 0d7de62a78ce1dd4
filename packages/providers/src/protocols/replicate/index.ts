import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

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
