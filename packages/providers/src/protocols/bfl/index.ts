import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = { images: 8, knobs: ['size', 'aspectRatio', 'seed', 'steps', 'guidance', 'format'] }

/** Black Forest Labs' own API. https://docs.bfl.ai */
export const bflImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).bflDrawing,
}
