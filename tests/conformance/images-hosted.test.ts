import type { ImageModel } from '@anymodel/core'
import { azure } from '@anymodel/providers/azure'
import { bfl } from '@anymodel/providers/bfl'
import { type ComfyWorkflow, comfyui } from '@anymodel/providers/comfyui'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { huggingface } from '@anymodel/providers/huggingface'
import { ideogram } from '@anymodel/providers/ideogram'
import { luma } from '@anymodel/providers/luma'
import { midjourney } from '@anymodel/providers/midjourney'
import { openai } from '@anymodel/providers/openai'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { openrouter } from '@anymodel/providers/openrouter'
import { recraft } from '@anymodel/providers/recraft'
import { replicate } from '@anymodel/providers/replicate'
import { stability } from '@anymodel/providers/stability'
import { together } from '@anymodel/providers/together'
import { webui } from '@anymodel/providers/webui'
import { xai } from '@anymodel/providers/xai'
import { testImageModel } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { type ImageService, imageServices } from './image-services.ts'
import { workflow } from './oil-workflow.ts'

const services = await imageServices()
afterAll(() => services.close())

const at = (service: ImageService, path = '') => ({
  apiKey: 'secret-key-12345678',
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 2, most: 5, total: 30_000 },
})

/** Several models of a service. */
const each = (service: { image(id: string): ImageModel }, name: string, ids: readonly string[]) =>
  Object.fromEntries(ids.map((id) => [`${name}, ${id}`, () => service.image(id)]))

/** Workflows for one task alone. */
const larger: ComfyWorkflow = {
  1: { class_type: 'LoadImage', inputs: { image: '{{image}}' } },
  2: { class_type: 'ImageScaleBy', inputs: { image: ['1', 0], upscale_method: 'lanczos', scale_by: '{{factor:2}}' } },
  3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'larger' } },
}
const wider: ComfyWorkflow = {
  ...workflow,
  2: { class_type: 'CLIPTextEncode', inputs: { text: '{{prompt:more of it}}', clip: ['1', 1] } },
  3: {
    class_type: 'VAEEncodeForInpaint',
    inputs: { pixels: ['8', 0], mask: ['8', 1], vae: ['1', 2], grow_mask_by: 6 },
  },
  7: { class_type: 'LoadImage', inputs: { image: '{{image}}' } },
  8: {
    class_type: 'ImagePadForOutpaint',
    inputs: {
      ...{ image: ['7', 0], feathering: 40 },
      ...{ left: '{{left}}', right: '{{right}}', top: '{{top}}', bottom: '{{bottom}}' },
    },
  },
}
const workflows = { oil: workflow, larger, wider }

const models: Readonly<Record<string, () => ImageModel>> = {
  OpenAI: () => openai(at('openai', '/v1')).image('gpt-image-2'),
  "OpenAI's dialect": () => openaiCompatible({ ...at('openai', '/v1'), name: 'house' }).image('flux'),
  'Azure OpenAI': () => azure(at('azure', '/openai/v1')).image('gpt-image-2'),
  'OpenRouter, streamed': () => openrouter(at('openrouter', '/api/v1')).image('openai/gpt-5-image'),
  'OpenRouter, whole': () => openrouter(at('openrouter', '/api/v1')).image('bytedance-seed/seedream-4.5'),
  xAI: () => xai(at('xai', '/v1')).image('grok-imagine-image'),
  Together: () => together(at('together', '/v1')).image('black-forest-labs/FLUX.1-dev'),
  ...each(recraft(at('recraft', '/v1')), 'Recraft', [
    ...['recraftv4', 'recraftv3', 'replaceBackground', 'removeBackground', 'vectorize', 'crispUpscale'],
  ]),
  Gemini: () => google(at('google', '/v1beta')).image('gemini-3-pro-image'),
  Imagen: () => google(at('google', '/v1beta')).image('imagen-4.0-generate-001'),
  ...each(stability(at('stability', '/v2beta')), 'Stability', [
    ...['ultra', 'sd3.5-large', 'core', 'edit/inpaint', 'edit/erase', 'edit/outpaint', 'edit/remove-background'],
    ...['edit/replace-background-and-relight', 'control/structure', 'upscale/fast'],
  ]),
  'Hugging Face': () => huggingface(at('huggingface')).image('stabilityai/stable-diffusion-xl-base-1.0'),
  ...each(fal(at('fal')), 'fal', [
    ...['fal-ai/flux', 'fal-ai/clarity-upscaler', 'fal-ai/flux-pro/v1/fill', 'fal-ai/image-apps-v2/outpaint'],
    'fal-ai/nano-banana/edit',
  ]),
  ...each(replicate(at('replicate', '/v1')), 'Replicate', [
    ...['black-forest-labs/flux-dev', 'black-forest-labs/flux-schnell', 'black-forest-labs/flux-fill-pro'],
    ...['google/nano-banana', 'nightmareai/real-esrgan', 'topazlabs/image-upscale'],
  ]),
  ...each(bfl(at('bfl', '/v1')), 'Black Forest Labs', ['flux-2-pro', 'flux-pro-1.0-fill', 'flux-pro-1.0-expand']),
  ...each(ideogram(at('ideogram')), 'Ideogram', [
    ...['ideogram-v3', 'ideogram-v4', 'ideogram-4-5', 'ideogram-v3/replace-background', 'remove-background', 'upscale'],
  ]),
  Luma: () => luma(at('luma', '/dream-machine/v1')).image('photon-1'),
  'the web UI of Stable Diffusion': () => webui(at('webui')).image('default'),
  ComfyUI: () => comfyui(at('comfyui')).image('sd_xl_base_1.0.safetensors'),
  'ComfyUI, a workflow': () => comfyui({ ...at('comfyui'), workflows }).image('oil'),
  'ComfyUI, a workflow that upscales': () => comfyui({ ...at('comfyui'), workflows }).image('larger'),
  'ComfyUI, a workflow that outpaints': () => comfyui({ ...at('comfyui'), workflows }).image('wider'),
  'Midjourney by a proxy': () => midjourney({ ...at('midjourney'), acceptTerms: true }).image(),
}

for (const [name, make] of Object.entries(models)) testImageModel({ describe, test, name, make })
