import type { VideoKnob } from '@anymodel/core'
import type { VideoProtocol } from '../../protocol.ts'

const knobs: readonly VideoKnob[] = ['aspectRatio', 'resolution', 'seconds', 'negativePrompt']

/** Videos of Veo (`predictLongRunning`); an id that is not known is taken for one of the newest. https://ai.google.dev/gemini-api/docs/video */
export const geminiVideos: VideoProtocol = {
  supports: (model) => ({
    firstFrame: true,
    ...(!/^veo-[23]\.0/.test(model) && { lastFrame: true, references: 3, webhook: true }),
    knobs,
  }),
  load: async () => (await import('./video-format.ts')).veoFormat,
}
