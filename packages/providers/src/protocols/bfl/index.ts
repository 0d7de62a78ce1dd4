import type { ImageProtocol } from '../../protocol.ts'
import { ruleOf } from './models.ts'

/** Black Forest Labs' own API. https://docs.bfl.ai */
export const bflImages: ImageProtocol = {
  supports: (model) => ruleOf(model).supports,
  load: async () => (await import('./images.ts')).bflDrawing,
}
