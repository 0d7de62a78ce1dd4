import type { ImageCall, JsonObject } from '@anymodel/core'
import type { ComfyWorkflow } from './workflow.ts'

const node = (class_type: string, inputs: JsonObject) => ({ class_type, inputs })

/** The workflow of a checkpoint: from words, from a picture, or within a mask of one. */
export function standardWorkflow(checkpoint: string, { images, mask, size }: ImageCall): ComfyWorkflow {
  const from = images?.length ? ['latent', 0] : ['empty', 0]
  const sampler = {
    model: ['checkpoint', 0],
    positive: ['positive', 0],
    negative: ['negative', 0],
    latent_image: mask ? ['masked', 0] : from,
    seed: '{{seed}}',
    steps: '{{steps:20}}',
    cfg: '{{guidance:7}}',
    denoise: images?.length ? '{{strength:0.75}}' : 1,
    sampler_name: 'euler',
    scheduler: 'normal',
  }
  return {
    checkpoint: node('CheckpointLoaderSimple', { ckpt_name: checkpoint }),
    positive: node('CLIPTextEncode', { text: '{{prompt:}}', clip: ['checkpoint', 1] }),
    negative: node('CLIPTextEncode', { text: '{{negativePrompt:}}', clip: ['checkpoint', 1] }),
    ...(images?.length ? fromPicture(size !== undefined) : fromNothing),
    ...(mask && {
      mask: node('LoadImageMask', { image: '{{mask}}', channel: 'red' }),
      masked: node('SetLatentNoiseMask', { samples: from, mask: ['mask', 0] }),
    }),
    sampler: node('KSampler', sampler),
    pixels: node('VAEDecode', { samples: ['sampler', 0], vae: ['checkpoint', 2] }),
    save: node('SaveImage', { images: ['pixels', 0], filename_prefix: 'anymodel' }),
  }
}

const fromNothing: ComfyWorkflow = {
  empty: node('EmptyLatentImage', { width: '{{width:512}}', height: '{{height:512}}', batch_size: 1 }),
}

const scaling = { upscale_method: 'lanczos', width: '{{width}}', height: '{{height}}', crop: 'center' }

const fromPicture = (scaled: boolean): ComfyWorkflow => ({
  picture: node('LoadImage', { image: '{{image}}' }),
  ...(scaled && { scaled: node('ImageScale', { image: ['picture', 0], ...scaling }) }),
  latent: node('VAEEncode', { pixels: [scaled ? 'scaled' : 'picture', 0], vae: ['checkpoint', 2] }),
})
