import type { Part, TextCall } from '@anymodel/core'
import { readModelFolder } from '../model-folder.ts'
import { type Engine, loadEngine } from '../text/engine.ts'
import { Scheduler } from '../text/scheduler.ts'
import { writer } from '../text/writer.ts'
import { type ToyOptions, toyModel } from './toy-model.ts'

/** A toy model loaded in this thread. */
export const toyEngine = (options: ToyOptions): Promise<Engine> =>
  loadEngine(readModelFolder({ folder: toyModel(options) }))

/** Asks an engine without a worker between, and gives all parts. `scheduler`: one that others are served by as well. */
export async function ask(
  engine: Engine,
  call: Partial<TextCall> = {},
  scheduler: Scheduler = new Scheduler(engine.graph, engine.weightBytes),
): Promise<Part[]> {
  const all: Part[] = []
  const messages = [{ role: 'user' as const, content: 'hi' }]
  const job = {
    call: { messages, ...call },
    model: 'toy',
    emit: (parts: readonly Part[]) => all.push(...parts),
    cancelled: () => false,
  }
  await scheduler.answer(job, writer(engine, job))
  return all
}

/** The text of parts, joined. */
export const textIn = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

/** The last part, which has to be the `finish`. */
export function finishOf(parts: readonly Part[]): Extract<Part, { type: 'finish' }> {
  const last = parts.at(-1)
  if (last?.type !== 'finish') throw new Error(`The answer ended with ${last?.type}, not with finish.`)
  return last
}
