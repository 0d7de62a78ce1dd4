import type { ImageSupport, VideoSupport } from '@anymodel/core'
import type { ImageProtocol, VideoProtocol } from '../../protocol.ts'

const supports: ImageSupport = { knobs: ['aspectRatio', 'format'] }

/** Luma's Dream Machine. https://docs.lumalabs.ai */
export const lumaImages: ImageProtocol = {
  supports: () => supports,
  load: async () => (await import('./images.ts')).lumaDrawing,
}

/** Pictures to begin and end with are given as links, through `extra: { keyframes }`: the service takes no files. */
const films: VideoSupport = {
  webhook: true,
  knobs: ['aspectRatio', 'resolution', 'seconds'],
}

/** Videos of the same service. */
export const lumaVideos: VideoProtocol = {
  supports: () => films,
  cancels: true,
  load: async () => (await import('./videos.ts')).lumaFilming,
}
