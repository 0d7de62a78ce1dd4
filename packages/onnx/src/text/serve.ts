import type { CodeCall, Part, TextCall } from '@anymodel/core'
import { readModelFolder } from '../model-folder.ts'
import type { Opening, Served } from '../thread/served.ts'
import { loadEngine } from './engine.ts'
import { Scheduler } from './scheduler.ts'
import { writer } from './writer.ts'

/** Loads a text model. Its requests are answered together, as far as the graph and the memory allow; the rest wait in line. */
export async function serveText(opening: Opening): Promise<Served<TextCall | CodeCall, Part>> {
  const engine = await loadEngine(readModelFolder(opening.location), opening)
  const scheduler = new Scheduler(engine.graph, engine.weightBytes, opening.runtime)
  return {
    atOnce: Number.POSITIVE_INFINITY,
    answer: async (job) => scheduler.answer(job, writer(engine, job)),
    stats: () => ({ ...scheduler.stats(), executionProvider: engine.executionProvider }),
  }
}
