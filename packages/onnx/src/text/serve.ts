import type { Part, TextCall } from '@anymodel/core'
import { readModelFolder } from '../model-folder.ts'
import type { Opening, Served } from '../thread/served.ts'
import { loadEngine } from './engine.ts'
import { generate } from './generate.ts'

/** Loads a text model. Its requests take turns, so a short answer does not wait for a long one. */
export async function serveText(opening: Opening): Promise<Served<TextCall, Part>> {
  const engine = await loadEngine(readModelFolder(opening.location), opening)
  return {
    atOnce: 4,
    async answer(job) {
      job.emit([{ type: 'notice', kind: 'headers', message: 'The model reads the prompt.' }])
      await generate(engine, job)
    },
  }
}
