import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { huggingfaceImages } from './protocols/huggingface/index.ts'

/** Hugging Face's inference: `owner/name` of a model on the hub. Key: `HF_TOKEN`. https://huggingface.co/docs/inference-providers */
export const huggingface = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'huggingface',
    baseURL: 'https://router.huggingface.co',
    env: ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'],
    options,
  })
  return { image: (id: string) => imageModel(at, huggingfaceImages, id, options) }
}
