import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { ideogramImages } from './protocols/ideogram/index.ts'

/** Ideogram: `ideogram-v3` and the like. Key: `IDEOGRAM_API_KEY`. Styles and the magic prompt go through `extra`. https://developer.ideogram.ai */
export const ideogram = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'ideogram',
    baseURL: 'https://api.ideogram.ai',
    env: 'IDEOGRAM_API_KEY',
    options,
    credential: (key) => ({ 'api-key': key }),
  })
  return { image: (id: string) => imageModel(at, ideogramImages, id, options) }
}
