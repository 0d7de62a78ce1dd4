import type { ImageEvent, ImageModel, ImageSupport } from '@anymodel/core'
import { LocalEvents, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'

/** What every local image model can do; how well is up to the model. Pictures are PNG. */
const supports: ImageSupport = {
  maxCount: 1,
  tasks: ['generate', 'edit', 'variation'],
  images: 1,
  mask: true,
  previews: true,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'strength'],
}

/** An image model whose thread is found (and thereby located on disk) at first use. */
export function localImage(id: string, thread: () => Promise<ModelThread>): ImageModel {
  return {
    provider,
    id,
    supports,
    generate: (call) => ({ [Symbol.asyncIterator]: () => new LocalEvents<ImageEvent>({ id, thread, call }) }),
  }
}
