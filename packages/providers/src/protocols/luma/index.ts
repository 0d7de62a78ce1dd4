import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = { knobs: ['aspectRatio', 'format'] }

/** Luma's Dream Machine. https://docs.lumalabs.ai */
export const lumaImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).lumaDrawing,
}
