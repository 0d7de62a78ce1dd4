import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { bflImages } from './protocols/bfl/index.ts'

/** Black Forest Labs: `flux-2-pro`, `flux-kontext-max` and the like; `flux-pro-1.0-fill` paints within a mask, `flux-pro-1.0-expand` beyond the edges. Key: `BFL_API_KEY`. https://docs.bfl.ai */
export const bfl = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'bfl',
    baseURL: 'https://api.bfl.ai/v1',
    env: 'BFL_API_KEY',
    options,
    credential: (key) => ({ 'x-key': key }),
  })
  return { image: (id: string) => imageModel(at, bflImages, id, options) }
}
