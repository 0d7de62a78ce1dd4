import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = {
  tasks: ['generate', 'edit', 'variation'],
  images: 1,
  knobs: ['size', 'seed', 'negativePrompt', 'steps', 'guidance'],
}

/** Text to image and image to image by Hugging Face's inference API. https://huggingface.co/docs/inference-providers/tasks/image-to-image */
export const huggingfaceImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).huggingfaceDrawing,
}
