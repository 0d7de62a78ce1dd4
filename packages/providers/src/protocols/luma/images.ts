import { defined } from '../../media/defined.ts'
import type { ImageFormat } from '../../protocol.ts'
import { readGeneration } from './generation.ts'

export const lumaDrawing: ImageFormat = {
  request: ({ prompt, aspectRatio, format }, { model }) => ({
    path: '/generations/image',
    body: defined({ model, prompt, aspect_ratio: aspectRatio, format: format === 'jpeg' ? 'jpg' : format }),
    warnings: [],
  }),
  read(reply, context) {
    const step = readGeneration(reply, context)
    if (step.type === 'ask') return step
    const { id, image: url } = step.result
    return { type: 'done', result: { id, images: url ? [{ media: { url } }] : [] } }
  },
}
