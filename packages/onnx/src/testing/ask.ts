import type { Part, TextCall } from '@anymodel/core'
import { readModelFolder } from '../model-folder.ts'
import { type Engine, loadEngine } from '../text/engine.ts'
import { generate } from '../text/generate.ts'
import { type ToyOptions, toyModel } from './toy-model.ts'

/** A toy model loaded in this thread. */
export const toyEngine = (options: ToyOptions): Promise<Engine> =>
  loadEngine(readModelFolder({ folder: toyModel(options) }))

/** Asks an engine without a worker between, and gives all parts. */
export async function ask(engine: Engine, call: Partial<TextCall> = {}): Promise<Part[]> {
  const all: Part[] = []
  const messages = [{ role: 'user' as const, content: 'hi' }]
  const job = {
    call: { messages, ...call },
    emit: (parts: readonly Part[]) => all.push(...parts),
    cancelled: () => false,
  }
  await generate(engine, { ...job, model: 'toy' })
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
