import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { type ComfyWorkflow, comfyImages } from './protocols/comfyui/index.ts'

export type { ComfyWorkflow } from './protocols/comfyui/index.ts'

export interface ComfyUIOptions extends ProviderOptions, MediaOptions {
  /**
   * Workflows of your own by the name under which `image(name)` runs them, as ComfyUI exports them for its API.
   *
   * Names of placeholders say what a workflow can be asked for. Put `{{prompt}}` where the words go, and where they shall be settable `{{negativePrompt}}`, `{{seed}}`, `{{width}}` and `{{height}}`, `{{steps}}`, `{{guidance}}`, `{{strength}}`, `{{image}}` (`{{image2}}`, ...) and `{{mask}}`; `{{steps:20}}` has a default.
   *
   * `{{left}}`, `{{right}}`, `{{top}}` and `{{bottom}}` of a node that pads make a workflow for `outpaint`, `{{factor}}` or a node `ImageUpscaleWithModel` in one without words a workflow for `upscaleImage`.
   */
  readonly workflows?: Readonly<Record<string, ComfyWorkflow>>
}

/**
 * A ComfyUI server. `image(id)` runs the workflow of that name, or else the file of that name in `models/checkpoints` with an ordinary workflow.
 *
 * ```ts
 * const model = comfyui().image('sd_xl_base_1.0.safetensors')
 * ```
 */
export const comfyui = (options: ComfyUIOptions = {}) => {
  const { workflows = {}, ...rest } = options
  const at = endpoint({ provider: 'comfyui', baseURL: 'http://127.0.0.1:8188', options: rest })
  return { image: (id: string) => imageModel(at, comfyImages(workflows), id, options) }
}
