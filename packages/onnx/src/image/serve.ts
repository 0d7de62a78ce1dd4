import type { ImageCall, ImageEvent } from '@anymodel/core'
import type { Opening, Served } from '../thread/served.ts'
import { draw } from './draw.ts'
import { loadImageEngine } from './engine.ts'
import { readImageFolder } from './folder.ts'

/** Loads a diffusion model. Its requests wait in line: one alone keeps all processor cores busy. */
export async function serveImage(opening: Opening): Promise<Served<ImageCall, ImageEvent>> {
  const engine = await loadImageEngine(readImageFolder(opening.location), opening)
  return { atOnce: 1, answer: (job) => draw(engine, job) }
}
