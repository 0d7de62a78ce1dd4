import type { ImageCall, ImageEvent, ImageModel } from '@anymodel/core'
import { draw } from '../image/draw.ts'
import { type ImageEngine, loadImageEngine } from '../image/engine.ts'
import { readImageFolder } from '../image/folder.ts'
import { localImage } from '../image/model.ts'

/** The image model of a folder, without the worker between: it is there at once, and tells its events at the end. */
export function drawnHere(folder: string): ImageModel {
  let loaded: Promise<ImageEngine> | undefined
  const model = localImage(`dir:${folder}`, () => Promise.reject(new Error('It needs no thread.')))
  async function* generate(call: ImageCall): AsyncGenerator<ImageEvent> {
    loaded ??= loadImageEngine(readImageFolder({ folder }))
    const events: ImageEvent[] = []
    const emit = (more: readonly ImageEvent[]) => void events.push(...more)
    await draw(await loaded, { call, model: model.id, cancelled: () => false, emit })
    yield* events
  }
  return { ...model, generate }
}
