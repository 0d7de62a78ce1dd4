import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = {
  maxCount: 8,
  tasks: ['generate', 'edit', 'variation', 'upscale'],
  images: 1,
  mask: true,
  previews: true,
  knobs: ['size', 'seed', 'negativePrompt', 'steps', 'guidance', 'strength'],
}

/** The API of AUTOMATIC1111's web UI, Forge and SD.Next. https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/API */
export const webuiImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).webuiDrawing,
}
