import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { videoModel } from './model.ts'
import { runwayVideos } from './protocols/runway/index.ts'

/** Runway: `gen4.5`, `gen4_turbo`, `veo3.1`, `seedance2` and the like. Key: `RUNWAYML_API_SECRET`. https://docs.dev.runwayml.com */
export const runway = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'runway',
    baseURL: 'https://api.dev.runwayml.com/v1',
    env: 'RUNWAYML_API_SECRET',
    options: { ...options, headers: { 'x-runway-version': '2024-11-06', ...options.headers } },
  })
  // More than one look in five seconds is not welcome there.
  const jobs = { first: 5_000, ...options.jobs }
  return { video: (id: string) => videoModel(at, runwayVideos, id, { ...options, jobs }) }
}
