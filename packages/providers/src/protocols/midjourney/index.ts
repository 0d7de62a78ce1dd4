import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = { images: 4, knobs: ['aspectRatio', 'seed', 'negativePrompt'] }

/** The dialect of midjourney-proxy, which servers between Midjourney and programs have in common. https://github.com/novicezk/midjourney-proxy */
export const midjourneyImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).midjourneyDrawing,
}
