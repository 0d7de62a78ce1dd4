import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const supports: ImageSupport = { knobs: ['size', 'seed', 'negativePrompt', 'steps', 'guidance'] }

/** Text to image by Hugging Face's inference API. https://huggingface.co/docs/inference-providers/tasks/text-to-image */
export const huggingfaceImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).huggingfaceDrawing,
}
