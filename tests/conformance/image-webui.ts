import { EventEmitter, once } from 'node:events'
import { decodePng } from '@anymodel/core/png'
import { checkBase64, checkNames, drawn, drawnTimes, type Wanted } from './drawn.ts'
import type { Service } from './loopback-services.ts'

const looked = new EventEmitter()

const fields =
  'prompt! negative_prompt width height seed steps cfg_scale batch_size send_images save_images override_settings override_settings_restore_afterwards'

/** https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/API */
export const webui: Service = async ({ path, json }) => {
  if (path.startsWith('/sdapi/v1/progress')) {
    const image = path.endsWith('=true') ? null : drawn({ prompt: 'half of it' }).toString('base64')
    looked.emit('look')
    return { body: { progress: 0.5, state: { sampling_step: 10, sampling_steps: 20 }, current_image: image } }
  }
  if (path.endsWith('/extra-single-image')) return { body: { html_info: '', image: upscaled(json).toString('base64') } }
  const starts = path.endsWith('/img2img')
  checkNames(json, `${fields} ${starts ? 'init_images! denoising_strength mask' : ''}`)
  for (const image of (json.init_images as unknown[] | undefined) ?? []) checkBase64(image)
  if (json.mask !== undefined) checkBase64(json.mask)
  // Somebody has looked how far it is before it is done.
  await once(looked, 'look')
  // Without words it goes by the picture alone.
  const prompt = starts && json.prompt === '' ? 'no words' : json.prompt
  const count = json.batch_size === undefined ? 1 : Number(json.batch_size)
  const pictures = drawnTimes(count, { ...json, prompt } as Wanted)
  const info = JSON.stringify({ all_seeds: pictures.map(({ seed }) => seed) })
  return { body: { images: pictures.map(({ png }) => png.toString('base64')), parameters: json, info } }
}

function upscaled(json: Readonly<Record<string, unknown>>): Buffer {
  const sizes = 'upscaling_resize upscaling_resize_w upscaling_resize_h upscaling_crop'
  checkNames(json, `image! upscaler_1! resize_mode! ${sizes}`)
  const { width, height } = decodePng(Buffer.from(String(json.image), 'base64'), 0)
  const by = Number(json.upscaling_resize)
  const size =
    json.resize_mode === 0
      ? { width: Math.round(width * by), height: Math.round(height * by) }
      : { width: Number(json.upscaling_resize_w), height: Number(json.upscaling_resize_h) }
  return drawn({ prompt: String(json.upscaler_1), ...size })
}
