import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = {
  maxCount: 8,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'quality'],
}

/** Ideogram's own API. https://developer.ideogram.ai */
export const ideogramImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).ideogramDrawing,
}
