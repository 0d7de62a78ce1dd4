import { type MarketplaceModel, type MarketplaceRules, upscaler } from '../../media/marketplace.ts'

const sides = { left: 'expand_left', right: 'expand_right', top: 'expand_top', bottom: 'expand_bottom' }
const masked = (mask: string, image?: string): MarketplaceModel => ({
  mask: true,
  inputs: { mask, ...(image && { image }) },
})

/** Models of fal whose inputs differ from the usual, after the types of its client. https://docs.fal.ai/model-apis */
export const falModels: MarketplaceRules = [
  [/^fal-ai\/(?:ccsr|creative-upscaler|esrgan)$/, upscaler('scale')],
  [/crystal-upscaler/, upscaler('scale_factor')],
  [/(?:recraft|ideogram|bria)\/upscale|swin2sr/, upscaler()],
  [
    /(?<!crystal-|creative-)upscaler|seedvr\/upscale\/image|topaz\/upscale\/image|aura-sr|super-resolution/,
    upscaler('upscale_factor'),
  ],
  [/^fal-ai\/image-apps-v2\/outpaint$/, { tasks: ['outpaint'], inputs: { outpaint: sides } }],
  [/\/(?:edit|edit-image|image-to-image|inpaint(?:ing)?|remix|fill|genfill)(?:\/|$)/, { tasks: ['edit'] }],
  [/paintbrush/, { inputs: { darkMask: true } }],
  [/fooocus\/inpaint/, masked('mask_image_url', 'inpaint_image_url')],
  [
    /gpt-image-1\.5\/edit|z-image\/.*(?:inpaint|tiling)|^fal-ai\/(?:fooocus(?:\/image-prompt)?$|iclight)/,
    masked('mask_image_url'),
  ],
  [
    /inpaint|fill|(?:eraser|removal)\/mask|bria\/eraser|paintbrush|ideogram\/[^/]+(?:\/turbo)?\/edit|fibo-edit\/edit|onereward|fal-ai\/lcm/,
    masked('mask_url'),
  ],
  [
    /flux-2(?!\/klein\/realtime)|seedream|nano-banana|gemini-(?:25|3)[^/]*-image|gpt-image|qwen-image-(?:2|max|edit-(?:25|plus))|firered|dreamomni|hunyuan-image|hy-wu|kling-image(?!\/v3)|(?:^|\/)wan\/(?!v2\.2|.*text-to-image)|wan-25|phota\/edit|glm-image|grok-imagine-image|kontext\/(?:max\/)?multi/,
    { images: 10, inputs: { images: 'image_urls' } },
  ],
  [
    /flux-2-(?:pro|max|flex)|klein\/realtime|ideogram\/v2|luma-photon|recraft|bagel|chrono-edit|emu-3\.5|image-editing|qwen-image-layered|step1x|stepx|imagineart|wan\/v2\.[67].*text-to-image|switti|flux-pulid/,
    { maxCount: 1 },
  ],
]

/** Names that most models of fal have agreed on. */
export const falNames = { image: 'image_url', strength: 'strength' }
