import type { ImageResult, ImageUpscaleOptions } from './image-options.ts'

/**
 * Gives a picture with more pixels: `factor` times as wide and high, or about `size`. `width` and `height` of the result are read from its bytes.
 *
 * Rejects with an `AnyModelError`, `unsupported` before anything is sent when the model does not upscale; an abort rejects with `signal.reason`.
 */
export async function upscaleImage(options: ImageUpscaleOptions): Promise<ImageResult> {
  const [{ draw }, { toUpscale }] = await Promise.all([import('./draw.ts'), import('./picture-options.ts')])
  return draw(toUpscale(options), () => {})
}
