import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'

const isImagen = (model: string): boolean => /imagen|imagegeneration/.test(model)

const gemini: ImageSupport = { images: 14, knobs: ['aspectRatio'] }

const imagen: ImageSupport = { maxCount: 4, knobs: ['aspectRatio', 'seed', 'negativePrompt', 'format'] }

/** Pictures of Gemini's image models (`generateContent`) and of Imagen (`predict`). https://ai.google.dev/gemini-api/docs/image-generation */
export const geminiImages: ImageProtocol = {
  supports: (model) => (isImagen(model) ? imagen : gemini),
  load: async () => {
    const { drawn, predicted } = await import('./image-formats.ts')
    return {
      request: (call, target) => (isImagen(target.model) ? predicted : drawn).request(call, target),
      read: (reply, context) => (isImagen(context.target.model) ? predicted : drawn).read(reply, context),
    }
  },
}
