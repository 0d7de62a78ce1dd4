import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { stabilityImages } from './protocols/stability/index.ts'

/**
 * Stability AI. Key: `STABILITY_API_KEY`. Styles, `creativity`, `grow_mask` and the like go through `extra`. https://platform.stability.ai/docs/api-reference
 *
 * - `core`, `ultra`, `sd3.5-large` and the like draw.
 * - Tools for a picture have the ids of their paths: `edit/inpaint`, `edit/erase`, `edit/outpaint`, `edit/search-and-replace` (with `extra: { search_prompt }`), `edit/search-and-recolor` (with `extra: { select_prompt }`), `edit/remove-background`, `edit/replace-background-and-relight`, `upscale/fast`, `upscale/conservative`, `upscale/creative`, `control/sketch`, `control/structure`, `control/style`, `control/style-transfer`.
 *
 * A job (`upscale/creative`) is looked at every 10 seconds, since the service limits how often; `jobs` says otherwise.
 */
export const stability = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'stability',
    baseURL: 'https://api.stability.ai/v2beta',
    env: 'STABILITY_API_KEY',
    options,
  })
  const jobs = { first: 10_000, most: 10_000, ...options.jobs }
  return { image: (id: string) => imageModel(at, stabilityImages, id, { ...options, jobs }) }
}
