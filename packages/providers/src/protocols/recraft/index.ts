import type { ImageProtocol } from '../../protocol.ts'
import { modelSupport, toolSupport } from './models.ts'

/** Recraft's own API: pictures by words in OpenAI's dialect, and tools for pictures. https://www.recraft.ai/docs */
export const recraftImages: ImageProtocol = {
  supports: (id) => toolSupport(id) ?? modelSupport(id),
  load: async () => (await import('./images.ts')).recraftDrawing,
}
