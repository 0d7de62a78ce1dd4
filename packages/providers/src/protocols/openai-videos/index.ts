import type { VideoKnob } from '@anymodel/core'
import type { VideoProtocol } from '../../protocol.ts'

const format = async (write: 'toOpenAI' | 'toTogether' | 'toOpenRouter') => {
  const [{ readVideoJob: read }, requests] = await Promise.all([import('./response.ts'), import('./request.ts')])
  return { request: requests[write], read }
}

/** OpenAI's videos API (`/videos`), which others speak since OpenAI does not any more. https://platform.openai.com/docs/api-reference/videos */
export const openaiVideos: VideoProtocol = {
  supports: () => ({ firstFrame: true, knobs: ['size', 'aspectRatio', 'seconds'] }),
  load: () => format('toOpenAI'),
}

/** The same at OpenAI itself, where it was shut down. */
export const retiredVideos: VideoProtocol = {
  supports: openaiVideos.supports,
  load: async () => (await import('./retired.ts')).retired(),
}

const knobs: readonly VideoKnob[] = ['size', 'aspectRatio', 'resolution', 'seconds', 'seed', 'audio']

/** Together. https://docs.together.ai/reference/create-videos */
export const togetherVideos: VideoProtocol = {
  supports: () => ({ firstFrame: true, lastFrame: true, references: 4, knobs: [...knobs, 'negativePrompt', 'fps'] }),
  load: () => format('toTogether'),
}

/** OpenRouter. https://openrouter.ai/docs/api-reference/videos */
export const openrouterVideos: VideoProtocol = {
  supports: () => ({ firstFrame: true, lastFrame: true, references: 4, webhook: true, knobs }),
  load: () => format('toOpenRouter'),
}
