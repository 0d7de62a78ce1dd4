import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'
import { isOfV2, isV4 } from './models.ts'

const v3: ImageSupport = {
  maxCount: 8,
  images: 1,
  mask: true,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'quality', 'strength'],
}
const v4: ImageSupport = { images: 1, knobs: ['size', 'aspectRatio', 'quality', 'strength'] }

const v4dot5: ImageSupport = {
  maxCount: 8,
  images: 5,
  mask: true,
  knobs: ['size', 'aspectRatio', 'seed', 'quality'],
}

const tools: Readonly<Record<string, ImageSupport>> = {
  'ideogram-v3/reframe': { tasks: ['variation'], maxCount: 8, knobs: ['size', 'aspectRatio', 'seed', 'quality'] },
  'ideogram-v3/replace-background': { tasks: ['edit'], maxCount: 8, knobs: ['seed', 'quality'] },
  'remove-background': { tasks: ['variation'] },
  upscale: { tasks: ['upscale'], maxCount: 8, knobs: ['seed'] },
}

/** Ideogram's own API: a model, which draws, remixes and inpaints; or one of the service's tools. https://developer.ideogram.ai */
export const ideogramImages: ImageProtocol = {
  supports: (model) => tools[model] ?? (isOfV2(model) ? v4dot5 : isV4(model) ? v4 : v3),
  load: async () => (await import('./images.ts')).ideogramDrawing,
}
