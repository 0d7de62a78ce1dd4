import type { ImageEvent } from '../contract/image.ts'
import { SharedRun } from '../stream/shared-run.ts'
import type {
  ImageEditOptions,
  ImageOptions,
  ImageResult,
  ImageStream,
  ImageUpscaleOptions,
  PictureOptions,
} from './image-options.ts'

/**
 * Asks a model for pictures and tells what happens on the way: progress, previews where they are asked for, each picture when it is done, one `finish`.
 *
 * Returns at once. Leaving the only `for await` cancels; `signal` does so for all readers, who then get `signal.reason`.
 */
export const streamImage = (options: ImageOptions): ImageStream => pictureStream(options, () => options)

/** As `editImage`, and tells what happens on the way like `streamImage`. */
export const streamImageEdit = (options: ImageEditOptions): ImageStream =>
  pictureStream(options, async () => (await import('./picture-options.ts')).toEdit(options))

/** As `upscaleImage`, and tells what happens on the way like `streamImage`. */
export const streamImageUpscale = (options: ImageUpscaleOptions): ImageStream =>
  pictureStream(options, async () => (await import('./picture-options.ts')).toUpscale(options))

function pictureStream(
  options: { readonly signal?: AbortSignal } | undefined,
  asked: () => PictureOptions | Promise<PictureOptions>,
): ImageStream {
  const run = new SharedRun<ImageResult, ImageEvent>(
    async (emit, signal) => {
      const { draw } = await import('./draw.ts')
      return draw({ ...(await asked()), signal }, emit)
    },
    options?.signal,
    mergeEvents,
  )
  return {
    get result() {
      return run.result
    },
    [Symbol.asyncIterator]: () => run.read(),
  }
}

/** Late readers need the latest progress and the latest preview of each picture, not the way there. */
function mergeEvents(past: ImageEvent[], event: ImageEvent): void {
  const at = past.findIndex((other) => stands(event, other))
  if (at >= 0) past.splice(at, 1)
  past.push({ ...event })
}

/** Whether an event stands in for one before it. */
const stands = (event: ImageEvent, before: ImageEvent): boolean =>
  (event.type === 'progress' && before.type === 'progress') ||
  ((event.type === 'preview' || event.type === 'image') && before.type === 'preview' && before.index === event.index)
