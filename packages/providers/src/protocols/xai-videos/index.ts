import type { VideoSupport } from '@anymodel/core'
import type { VideoProtocol } from '../../protocol.ts'

const supports: VideoSupport = {
  firstFrame: true,
  references: 7,
  knobs: ['aspectRatio', 'resolution', 'seconds'],
}

/** xAI's videos. https://docs.x.ai/developers/model-capabilities/video */
export const xaiVideos: VideoProtocol = {
  supports: () => supports,
  load: async () => (await import('./videos.ts')).xaiFilming,
}
