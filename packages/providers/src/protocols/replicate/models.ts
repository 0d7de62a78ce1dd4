import { type MarketplaceModel, type MarketplaceRules, upscaler } from '../../media/marketplace.ts'

const severalPictures = (images: string): MarketplaceModel => ({
  tasks: ['generate', 'edit'],
  images: 10,
  inputs: { images },
})
const masked: MarketplaceModel = { mask: true, inputs: { mask: 'mask' } }

/** Models of Replicate whose inputs differ from the usual, after their pages. https://replicate.com/explore */
export const replicateModels: MarketplaceRules = [
  [/^nightmareai\/real-esrgan/, upscaler('scale')],
  [/^tencentarc\/gfpgan/, { ...upscaler('scale'), inputs: { image: 'img', factor: 'scale' } }],
  [/^topazlabs\/image-upscale/, upscaler('upscale_factor', '{}x')],
  [/^google\/upscaler/, upscaler('upscale_factor', 'x{}')],
  [/(?:clarity|crystal)-upscaler/, upscaler('scale_factor')],
  [/upscale|swinir/, upscaler()],
  [/inpaint|-fill/, { tasks: ['edit'] }],
  [/^ideogram-ai\//, { inputs: { darkMask: true } }],
  [/inpaint|-fill|^stability-ai\/sdxl|^ideogram-ai\/ideogram-v[23]/, masked],
  [/kontext/, { inputs: { image: 'input_image' } }],
  [/flux-2|gpt-image/, severalPictures('input_images')],
  [/nano-banana|seedream-[4-9]/, severalPictures('image_input')],
]

/** Names that most models of Replicate have agreed on. */
export const replicateNames = { image: 'image', strength: 'prompt_strength' }
