import type { ImageEditOptions, ImageResult } from './image-options.ts'

/**
 * Changes a picture by words (`instruction`), within a mask, beyond its edges (`outpaint`), or, without any of them, makes a variation of it.
 *
 * Rejects with an `AnyModelError`, `unsupported` before anything is sent when the model can't do that; an abort rejects with `signal.reason`.
 */
export async function editImage(options: ImageEditOptions): Promise<ImageResult> {
  const [{ draw }, { toEdit }] = await Promise.all([import('./draw.ts'), import('./picture-options.ts')])
  return draw(toEdit(options), () => {})
}
