import type { ImageOptions, ImageResult } from './image-options.ts'

/**
 * Asks a model for pictures and waits for all of them. `images` and `mask` change pictures that there are.
 *
 * Rejects with an `AnyModelError`, `unsupported` before anything is sent when the model does not take pictures or masks; an abort rejects with `signal.reason`.
 */
export async function generateImage(options: ImageOptions): Promise<ImageResult> {
  const { draw } = await import('./draw.ts')
  return draw(options, () => {})
}
