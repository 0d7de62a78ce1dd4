import type { ImageCall, ImageSupport, ImageTask } from '../contract/image.ts'

/** What a call asks an image model for. */
export function imageTaskOf({
  prompt,
  images = [],
  mask,
  outpaint,
  upscale,
}: Pick<ImageCall, 'prompt' | 'upscale' | 'outpaint'> & {
  readonly images?: readonly unknown[]
  readonly mask?: unknown
}): ImageTask {
  if (upscale) return 'upscale'
  if (outpaint) return 'outpaint'
  if (images.length === 0) return 'generate'
  return prompt.trim() === '' && mask === undefined ? 'variation' : 'edit'
}

/** What an image model can be asked for, with defaults filled in. */
export function imageTasks({ tasks, images = 0 }: ImageSupport): readonly ImageTask[] {
  return tasks ?? (images > 0 ? ['generate', 'edit'] : ['generate'])
}

/** Most pictures that a model can start from. */
export function mostImages(supports: ImageSupport): number {
  return supports.images ?? (imageTasks(supports).some((task) => task !== 'generate') ? 1 : 0)
}
