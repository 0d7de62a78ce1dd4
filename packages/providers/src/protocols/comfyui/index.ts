import type { ImageSupport } from '@anymodel/core'
import type { ImageProtocol } from '../../protocol.ts'
import { type ComfyWorkflow, supportsOf } from './workflow.ts'

export type { ComfyWorkflow } from './workflow.ts'

/** Of the workflow for checkpoints. */
const standard: ImageSupport = {
  tasks: ['generate', 'edit', 'variation'],
  images: 1,
  mask: true,
  previews: true,
  knobs: ['size', 'seed', 'negativePrompt', 'steps', 'guidance', 'strength'],
}

/** ComfyUI's server. https://docs.comfy.org/development/comfyui-server/comms_routes */
export function comfyImages(workflows: Readonly<Record<string, ComfyWorkflow>>): ImageProtocol {
  const own = new Map(Object.entries(workflows))
  return {
    supports: (model) => {
      const workflow = own.get(model)
      return workflow ? supportsOf(workflow) : standard
    },
    load: async () => (await import('./images.ts')).comfyDrawing(own),
  }
}
