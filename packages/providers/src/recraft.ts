import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { recraftImages } from './protocols/recraft/index.ts'

/**
 * Recraft. Key: `RECRAFT_API_TOKEN`. Styles and colours go through `extra`. https://www.recraft.ai/docs
 *
 * - `recraftv4_1`, `recraftv3` and the like draw, and start from a picture; version 3 also paints within masks and beyond edges. Those whose names end in `_vector` give SVG.
 * - Tools for a picture have the names of their paths: `replaceBackground`, `generateBackground`, `eraseRegion`, `removeBackground`, `vectorize`, `variateImage`, `crispUpscale`, `creativeUpscale`.
 */
export const recraft = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'recraft',
    baseURL: 'https://external.api.recraft.ai/v1',
    env: 'RECRAFT_API_TOKEN',
    options,
  })
  return { image: (id: string) => imageModel(at, recraftImages, id, options) }
}
