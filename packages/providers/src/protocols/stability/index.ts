import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'
import { isSd3 } from './models.ts'
import { toolOf } from './tools.ts'

const core: ImageSupport = { knobs: ['aspectRatio', 'seed', 'negativePrompt', 'format'] }
const ultra: ImageSupport = { images: 1, knobs: ['aspectRatio', 'seed', 'negativePrompt', 'format', 'strength'] }
const sd3: ImageSupport = { ...ultra, knobs: [...(ultra.knobs ?? []), 'guidance'] }

/** Stability's `v2beta` API: `ultra`, `core`, one of the `sd3...` models, or a tool. https://platform.stability.ai/docs/api-reference */
export const stabilityImages: ImageProtocol = {
  supports: (model) => toolOf(model)?.supports ?? (model === 'core' ? core : isSd3(model) ? sd3 : ultra),
  load: async () => (await import('./images.ts')).stabilityDrawing,
}
