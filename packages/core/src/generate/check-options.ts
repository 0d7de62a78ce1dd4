import type { TextModel } from '../contract/text.ts'
import type { TextOptions } from './options.ts'
import { wrong } from './wrong.ts'

const positive = ['maxTokens', 'topK', 'toolConcurrency'] as const
const numbers = [
  'temperature',
  'topP',
  'minP',
  'presencePenalty',
  'frequencyPenalty',
  'repetitionPenalty',
  'seed',
] as const

/** Checks the options of a call and gives its model. What a wrong argument would break far from here is told here. */
export async function modelOf(options: Pick<TextOptions, 'model'> & Partial<TextOptions>): Promise<TextModel> {
  const given = options?.model as TextOptions['model'] | string | undefined
  if (typeof given === 'string') throw await wrong('modelText', given)
  const model = typeof given === 'function' ? await given() : given
  if (typeof model?.stream !== 'function') throw await wrong('model')
  await checkTuning(options)
  return model
}

async function checkTuning(options: Partial<TextOptions>): Promise<void> {
  const { stop } = options
  for (const name of positive) {
    const value = options[name]
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) throw await wrong('positive', name, value)
  }
  for (const name of numbers) {
    const value = options[name]
    if (value !== undefined && !Number.isFinite(value)) throw await wrong('number', name, value)
  }
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((s) => typeof s === 'string' && s !== '')))
    throw await wrong('stop')
}
