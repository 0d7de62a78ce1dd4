import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { ideogramImages } from './protocols/ideogram/index.ts'

/**
 * Ideogram. Key: `IDEOGRAM_API_KEY`. Styles, the magic prompt and version 4's `json_prompt` go through `extra`. https://developer.ideogram.ai
 *
 * - `ideogram-4-5` draws, and edits with or without a mask; `ideogram-v4` draws and remixes; `ideogram-v3` draws, remixes and inpaints.
 * - `ideogram-v3/reframe`, `ideogram-v3/replace-background`, `remove-background` and `upscale` are tools for a picture.
 */
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
