import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const common: ImageSupport = { knobs: ['aspectRatio', 'seed', 'negativePrompt', 'format'] }

/** Stability's `v2beta` API: `ultra`, `core`, or one of the `sd3...` models. https://platform.stability.ai/docs/api-reference */
export const stabilityImages: ImageProtocol = {
  supports: (model) =>
    model === 'core' ? common : { images: 1, knobs: [...(common.knobs ?? []), 'strength', 'guidance'] },
  load: async () => (await import('./images.ts')).stabilityDrawing,
}
