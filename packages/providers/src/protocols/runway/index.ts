import type { VideoProtocol } from '../../protocol.ts'
import { ruleFor } from './rules.ts'

/** Runway's tasks. https://docs.dev.runwayml.com/api */
export const runwayVideos: VideoProtocol = {
  supports: (model) => ruleFor(model).supports,
  cancels: true,
  load: async () => (await import('./videos.ts')).runwayFilming,
}
