import type { ComfyWorkflow } from '@anymodel/providers/comfyui'

/** A workflow of a user's own, for which the seed alone can be given. */
export const workflow: ComfyWorkflow = {
  1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
  2: { class_type: 'CLIPTextEncode', inputs: { text: '{{prompt}}, oil on canvas', clip: ['1', 1] } },
  3: { class_type: 'EmptyLatentImage', inputs: { width: 32, height: 16, batch_size: 1 } },
  4: {
    class_type: 'KSampler',
    inputs: {
      ...{ model: ['1', 0], positive: ['2', 0], negative: ['2', 0], latent_image: ['3', 0] },
      ...{ seed: '{{seed}}', steps: 20, cfg: 7, denoise: 1, sampler_name: 'euler', scheduler: 'normal' },
    },
  },
  5: { class_type: 'VAEDecode', inputs: { samples: ['4', 0], vae: ['1', 2] } },
  6: { class_type: 'SaveImage', inputs: { images: ['5', 0], filename_prefix: 'oil' } },
}
